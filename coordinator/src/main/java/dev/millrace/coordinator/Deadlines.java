package dev.millrace.coordinator;

import dev.millrace.base.turns.Timeout;
import java.util.function.Function;

/**
 * Things that a state machine does without being asked, in the order of their lane. Safe for any
 * thread.
 *
 * @param <S> the state machine
 */
public interface Deadlines<S extends StateMachine> {
  /** Has {@code action} decided in a turn after {@code delayMs}, behind what waits in the lane. */
  Timeout after(long delayMs, String lane, Function<S, Decision> action);

  /** Has {@code action} decided soon, when no write of the lane is on its way. */
  void alone(String lane, Function<S, Decision> action);

  /** Has {@code command} decided again, in a later turn: what it waited for is there. */
  void submit(String lane, Command<S> command);
}
