package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes one member a step nearer to its target. A partition is given out only when nobody has it,
 * and a member that has to let partitions go gets nothing before it has. It is always told so
 * first: one that does not name a partition may be about to take it, until it hears that it is not
 * to.
 *
 * <pre>
 *   STABLE, UNRELEASED --something to let go--> UNREVOKED    stays in its epoch
 *   any --nothing (left) to let go--> UNRELEASED             in the target's epoch; somebody else
 *                                                            still has what it is to get
 *                                 \-> STABLE                 in the target's epoch, has its target
 * </pre>
 *
 * @param target what the member is to have at {@code targetEpoch}
 * @param readable topics that the member subscribes to now; the target may be older
 * @param owner says who has a partition, or null
 * @param claim what the member says it has
 */
record Reconciliation(
    ConsumerMember member,
    int targetEpoch,
    Partitions target,
    Predicate<Uuid> readable,
    Owner owner,
    Claim claim) {

  /** Who has a partition. */
  @FunctionalInterface
  interface Owner {
    @Nullable String of(Uuid topicId, int partition);
  }

  /** Where the member stands after this step; null when it has to be fenced. */
  @Nullable Position next() {
    Position now = member.position();
    return switch (now.state()) {
      case STABLE -> now.epoch() == targetEpoch && allReadable(now.assigned()) ? now : step(now);
      case UNREVOKED_PARTITIONS -> claim.has(now.revoking()) ? now : step(now);
      case UNRELEASED_PARTITIONS -> step(now);
      case UNKNOWN -> claim.isNothing() ? step(now) : null;
    };
  }

  private boolean allReadable(Holdings assigned) {
    return assigned.topics().stream().allMatch(readable);
  }

  private Position step(Position now) {
    Holdings.Builder kept = new Holdings.Builder();
    Holdings.Builder leaving = new Holdings.Builder();
    now.assigned()
        .forEach((topic, partition, epoch) ->
            (isWanted(topic, partition) ? kept : leaving).add(topic, partition, epoch));
    Holdings revoking = leaving.build();
    if (!revoking.isEmpty() && (!claim.joins() || claim.has(revoking))) {
      return new Position(
          now.epoch(),
          now.previousEpoch(),
          MemberState.UNREVOKED_PARTITIONS,
          kept.build(),
          revoking);
    }
    boolean missing = addFree(now.assigned(), kept);
    return new Position(
        targetEpoch,
        targetEpoch == now.epoch() ? now.previousEpoch() : now.epoch(),
        missing ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE,
        kept.build(),
        Holdings.NONE);
  }

  private boolean isWanted(Uuid topic, int partition) {
    return readable.test(topic) && target.contains(topic, partition);
  }

  /** Adds what nobody has, or the member alone; returns whether something is missing still. */
  private boolean addFree(Holdings had, Holdings.Builder kept) {
    boolean[] missing = {false};
    target.forEach((topic, partition) -> {
      if (readable.test(topic) && !had.contains(topic, partition)) {
        String holder = owner.of(topic, partition);
        if (holder == null || holder.equals(member.id())) {
          kept.add(topic, partition, targetEpoch);
        } else {
          missing[0] = true;
        }
      }
    });
    return missing[0];
  }
}
