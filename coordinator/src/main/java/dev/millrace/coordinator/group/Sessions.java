package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Decision;
import java.util.function.Function;

/**
 * Who is alive: a member that was not heard of for its session timeout is removed. A member whose
 * request waits here is alive, and its session starts anew with the answer.
 */
final class Sessions {
  private final Function<String, Deadline> deadlines;
  private final Expiring expiring;

  /** What happens to a member, or an id that was given out, at the end of its session. */
  @FunctionalInterface
  interface Expiring {
    Decision expire(ClassicGroup group, String memberId);
  }

  /**
   * @param deadlines makes a deadline in the lane of a group
   */
  Sessions(Function<String, Deadline> deadlines, Expiring expiring) {
    this.deadlines = deadlines;
    this.expiring = expiring;
  }

  /** The session of a member to be. */
  Deadline open(String groupId) {
    return deadlines.apply(groupId);
  }

  void restart(ClassicGroup group, Member member) {
    restart(group, member, member.profile().sessionTimeoutMs());
  }

  void restart(ClassicGroup group, Member member, long timeoutMs) {
    member.session().arm(timeoutMs, () -> expiring.expire(group, member.id()));
  }

  /** A member committed offsets, which shows that it is alive. */
  void heardOf(ClassicGroup group, String memberId) {
    Member member = group.member(memberId);
    if (member != null
        && (group.in(GroupState.STABLE) || group.in(GroupState.PREPARING_REBALANCE))) {
      restart(group, member);
    }
  }

  /** Remembers an id that was given out, as long as a session lasts (KIP-394). */
  void await(ClassicGroup group, String pendingId, int sessionTimeoutMs) {
    Deadline deadline = deadlines.apply(group.id());
    group.addPending(pendingId, deadline);
    deadline.arm(sessionTimeoutMs, () -> expiring.expire(group, pendingId));
  }
}
