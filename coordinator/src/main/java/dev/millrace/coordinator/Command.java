package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;

/**
 * A request to a state machine. Either {@link #decide} or {@link #refuse} is called, once, in a
 * turn of the owner.
 *
 * @param <S> the state machine
 */
public interface Command<S extends StateMachine> {
  /** How long a command may wait for the writes before it in its lane. */
  enum Patience {
    /** Somebody waits for the answer: refuse it when a write before it takes too long. */
    CLIENT,
    /** A deadline or a chore: it waits as long as it takes. */
    CHORE
  }

  /** Looks at the state and says what to write. Lasting state must not be changed here. */
  Decision decide(S state);

  /** The coordinator does not decide this: it loads, is not here, or is stuck. */
  void refuse(ErrorCode error);

  default Patience patience() {
    return Patience.CLIENT;
  }

  /** Whether to wait until no write at all of the lane is on its way: commands that delete. */
  default boolean alone() {
    return false;
  }

  /**
   * Takes over {@code later}, which came right behind this one in the lane, so that both are
   * decided together. Called while this one waits.
   *
   * @return whether it did
   */
  default boolean absorb(Command<S> later) {
    return false;
  }
}
