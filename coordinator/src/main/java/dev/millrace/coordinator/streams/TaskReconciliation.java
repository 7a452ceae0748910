package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.streams.TaskClaims.Claim;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes one member a step nearer to its target. An active task is given out only when nobody works
 * on it, a task in any role only when no other member of the process has it, and a member that has
 * to let tasks go gets nothing before it has. It is told first what it has to let go, and what it
 * says next counts: what it says in the same request it may have said before it took the task.
 *
 * <pre>
 *   STABLE, UNRELEASED --something to let go--> UNREVOKED    stays in its epoch
 *   any --nothing (left) to let go--> UNRELEASED             in the target's epoch; somebody else
 *                                                            still has what it is to get
 *                                 \-> STABLE                 in the target's epoch, has its target
 * </pre>
 *
 * @param target what the member is to have at {@code targetEpoch}
 * @param claim what the member says it has
 */
record TaskReconciliation(
    StreamsGroup group, StreamsMember member, int targetEpoch, Assigned target, Claim claim) {
  /** Where the member stands after this step; null when it has to be fenced. */
  @Nullable Position next() {
    Position now = member.position();
    return switch (now.state()) {
      case STABLE -> now.epoch() == targetEpoch ? now : step(now);
      case UNREVOKED_TASKS -> claim.has(now.revoking()) ? now : step(now);
      case UNRELEASED_TASKS -> step(now);
      case UNKNOWN -> claim.isNothing() ? step(now) : null;
    };
  }

  private Position step(Position now) {
    Assigned.Builder kept = new Assigned.Builder();
    Assigned.Builder leaving = new Assigned.Builder();
    Map<Task, Integer> since = new HashMap<>();
    now.assigned()
        .forEach((task, role) -> {
          (target.of(role).contains(task) ? kept : leaving).add(task, role);
          if (role == TaskRole.ACTIVE) {
            since.put(task, now.since().getOrDefault(task, now.epoch()));
          }
        });
    Assigned revoking = leaving.build();
    if (!revoking.isEmpty() && (!claim.joins() || claim.has(revoking))) {
      return new Position(
          now.epoch(),
          now.previousEpoch(),
          MemberState.UNREVOKED_TASKS,
          kept.build(),
          revoking,
          since);
    }
    revoking.active().forEach(since::remove);
    boolean missing = addFree(now.assigned(), kept, since);
    return new Position(
        targetEpoch,
        previousEpoch(now),
        missing ? MemberState.UNRELEASED_TASKS : MemberState.STABLE,
        kept.build(),
        Assigned.NONE,
        since);
  }

  /** Nobody speaks from an epoch of the life before a member joined again. */
  private int previousEpoch(Position now) {
    if (claim.joins()) {
      return 0;
    }
    return targetEpoch == now.epoch() ? now.previousEpoch() : now.epoch();
  }

  /** Adds what the member may have now; returns whether something is missing still. */
  private boolean addFree(Assigned had, Assigned.Builder kept, Map<Task, Integer> since) {
    boolean[] missing = {false};
    target.forEach((task, role) -> {
      if (had.of(role).contains(task)) {
        return;
      }
      if (isFree(task, role)) {
        kept.add(task, role);
        if (role == TaskRole.ACTIVE) {
          since.put(task, targetEpoch);
        }
      } else {
        missing[0] = true;
      }
    });
    return missing[0];
  }

  /** What the member had itself, in whatever role, it has let go by now. */
  private boolean isFree(Task task, TaskRole role) {
    for (Map.Entry<String, TaskRole> holder : group.holders().of(task).entrySet()) {
      if (!holder.getKey().equals(member.id())) {
        StreamsMember other = group.member(holder.getKey());
        boolean sameProcess = other != null && other.processId().equals(member.processId());
        if (sameProcess || (role == TaskRole.ACTIVE && holder.getValue() == TaskRole.ACTIVE)) {
          return false;
        }
      }
    }
    return true;
  }
}
