package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.Claims;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What of one group of the consumer protocol is not written down: deadlines and claims. */
final class ConsumerTimers {
  private final Supplier<Deadline> deadlines;
  private final Deadline assignment;
  private final Map<String, Deadline> sessions = new HashMap<>();
  private final Map<String, Deadline> rebalances = new HashMap<>();
  private final Claims claims = new Claims();

  /**
   * @param deadlines makes a deadline in the group's lane
   */
  ConsumerTimers(Supplier<Deadline> deadlines) {
    this.deadlines = deadlines;
    this.assignment = deadlines.get();
  }

  /** The group's next assignment. */
  Deadline assignment() {
    return assignment;
  }

  /** What members said they have. */
  Claims claims() {
    return claims;
  }

  /** A member was heard of: it is out when it is not heard of for so long. */
  void session(String memberId, long timeoutMs, Supplier<Decision> out) {
    sessions.computeIfAbsent(memberId, _ -> deadlines.get()).arm(timeoutMs, out);
  }

  /** A member has to let partitions go, or to join again, in this time. */
  void rebalance(String memberId, long timeoutMs, Supplier<Decision> out) {
    if (!rebalances.containsKey(memberId)) {
      Deadline deadline = deadlines.get();
      rebalances.put(memberId, deadline);
      deadline.arm(timeoutMs, out);
    }
  }

  /** A member did what it had to. */
  void rebalanced(String memberId) {
    Deadline deadline = rebalances.remove(memberId);
    if (deadline != null) {
      deadline.cancel();
    }
  }

  /** A member is gone. */
  void forget(String memberId) {
    claims.forget(memberId);
    rebalanced(memberId);
    Deadline session = sessions.remove(memberId);
    if (session != null) {
      session.cancel();
    }
  }

  void cancel() {
    assignment.cancel();
    sessions.values().forEach(Deadline::cancel);
    rebalances.values().forEach(Deadline::cancel);
    sessions.clear();
    rebalances.clear();
  }
}
