package dev.millrace.quorum.image;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.quorum.record.PartitionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who has a partition and who leads it.
 *
 * @param replicas broker ids, the preferred leader first
 * @param directories the log directory of each replica, in the order of {@code replicas}
 * @param isr replicas that have everything
 * @param leader {@link #NO_LEADER} when there is none
 * @param leaderEpoch rises with each change of the leader, also with the same one elected anew
 * @param partitionEpoch rises with each change
 * @param recovery whether the leader still repairs its log after an unclean election
 * @param reassignment replicas that come and go; empty lists when nothing moves
 * @param eligible replicas outside the ISR that hold everything below the high watermark (KIP-966)
 * @param lastEligible the last known leader, when nobody else is left (KIP-966)
 */
public record PartitionImage(
    List<Integer> replicas,
    List<Uuid> directories,
    List<Integer> isr,
    int leader,
    int leaderEpoch,
    int partitionEpoch,
    byte recovery,
    Reassignment reassignment,
    List<Integer> eligible,
    List<Integer> lastEligible) {
  /** The leader of a partition that has none. */
  public static final int NO_LEADER = -1;

  /** In a change: the leader stays as it is. */
  public static final int SAME_LEADER = -2;

  /** The log directory of a replica that its broker has not chosen yet. */
  public static final Uuid DIRECTORY_UNASSIGNED = new Uuid(0, 1);

  /** The log directory of a replica from before directories had ids. */
  public static final Uuid DIRECTORY_MIGRATING = Uuid.ZERO;

  /** The log directory of a replica that is offline, and nobody said which one it was. */
  public static final Uuid DIRECTORY_LOST = new Uuid(0, 2);

  private static final byte SAME_RECOVERY = -1;

  /** Replicas that are added to, or removed from, a partition. */
  public record Reassignment(List<Integer> adding, List<Integer> removing) {
    public static final Reassignment NONE = new Reassignment(List.of(), List.of());
  }

  static PartitionImage of(PartitionRecord record) {
    return new PartitionImage(
        record.replicas(),
        record.directories().isEmpty() ? unassigned(record.replicas()) : record.directories(),
        record.isr(),
        record.leader(),
        record.leaderEpoch(),
        record.partitionEpoch(),
        record.leaderRecoveryState(),
        reassignment(record.addingReplicas(), record.removingReplicas()),
        orEmpty(record.eligibleLeaderReplicas()),
        orEmpty(record.lastKnownElr()));
  }

  /** Whether replicas come or go. */
  public boolean isMoving() {
    return !reassignment.adding.isEmpty() || !reassignment.removing.isEmpty();
  }

  /** Whether a reassignment adds this replica. */
  public boolean isAdding(int replica) {
    return reassignment.adding.contains(replica);
  }

  /** The log directory of one of {@link #replicas()}. */
  public Uuid directoryOf(int replica) {
    int at = replicas.indexOf(replica);
    return at < 0 ? DIRECTORY_LOST : directories.get(at);
  }

  public boolean hasLeader() {
    return leader != NO_LEADER;
  }

  PartitionImage apply(PartitionChangeRecord change) {
    boolean sameLeader = change.leader() == SAME_LEADER;
    List<Integer> newReplicas = orSame(change.replicas(), replicas);
    return new PartitionImage(
        newReplicas,
        change.directories() != null ? change.directories() : directoriesOf(newReplicas),
        orSame(change.isr(), isr),
        sameLeader ? leader : change.leader(),
        sameLeader ? leaderEpoch : leaderEpoch + 1,
        partitionEpoch + 1,
        change.leaderRecoveryState() == SAME_RECOVERY ? recovery : change.leaderRecoveryState(),
        reassignment(
            orSame(change.addingReplicas(), reassignment.adding),
            orSame(change.removingReplicas(), reassignment.removing)),
        orSame(change.eligibleLeaderReplicas(), eligible),
        orSame(change.lastKnownElr(), lastEligible));
  }

  PartitionImage withoutEligible() {
    return new PartitionImage(
        replicas,
        directories,
        isr,
        leader,
        leaderEpoch,
        partitionEpoch,
        recovery,
        reassignment,
        List.of(),
        List.of());
  }

  PartitionRecord record(Uuid topicId, int index) {
    return PartitionRecord.builder()
        .topicId(topicId)
        .partitionId(index)
        .replicas(replicas)
        .directories(directories)
        .isr(isr)
        .leader(leader)
        .leaderEpoch(leaderEpoch)
        .partitionEpoch(partitionEpoch)
        .leaderRecoveryState(recovery)
        .addingReplicas(reassignment.adding)
        .removingReplicas(reassignment.removing)
        .eligibleLeaderReplicas(eligible.isEmpty() ? null : eligible)
        .lastKnownElr(lastEligible.isEmpty() ? null : lastEligible)
        .build();
  }

  /** Replicas that stay keep their directory, new ones have none yet. */
  private List<Uuid> directoriesOf(List<Integer> newReplicas) {
    if (newReplicas.equals(replicas)) {
      return directories;
    }
    List<Uuid> result = new ArrayList<>(newReplicas.size());
    for (Integer replica : newReplicas) {
      int at = replicas.indexOf(replica);
      result.add(at < 0 ? DIRECTORY_UNASSIGNED : directories.get(at));
    }
    return List.copyOf(result);
  }

  private static List<Uuid> unassigned(List<Integer> replicas) {
    return replicas.stream().map(_ -> DIRECTORY_UNASSIGNED).toList();
  }

  private static Reassignment reassignment(List<Integer> adding, List<Integer> removing) {
    return adding.isEmpty() && removing.isEmpty()
        ? Reassignment.NONE
        : new Reassignment(adding, removing);
  }

  private static List<Integer> orSame(@Nullable List<Integer> changed, List<Integer> same) {
    return Objects.requireNonNullElse(changed, same);
  }

  private static List<Integer> orEmpty(@Nullable List<Integer> list) {
    return Objects.requireNonNullElse(list, List.of());
  }
}
