package dev.millrace.quorum.control;

import java.util.List;

/**
 * The connection on which a broker sent its heartbeats is gone. A process that was killed is known
 * by that long before its session ends: unless it is heard of again soon, the session is over.
 */
public record LostTouch(int brokerId, long brokerEpoch) implements Command<Boolean> {
  /** Replies whether that broker is still registered; changes no metadata. */
  @Override
  public Decision<Boolean> decide(Rules rules) {
    return new Decision<>(
        List.of(),
        Rules.attempt(() -> {
          rules.registered(brokerId, brokerEpoch);
          return true;
        }));
  }
}
