package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Decision;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The deadlines of one group of the consumer protocol and its members. */
final class ConsumerTimers {
  private final Supplier<Deadline> deadlines;
  private final Deadline assignment;
  private final Map<String, Deadline> sessions = new HashMap<>();
  private final Map<String, Deadline> rebalances = new HashMap<>();

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
