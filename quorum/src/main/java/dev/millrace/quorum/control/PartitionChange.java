package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.PartitionImage.Reassignment;
import dev.millrace.quorum.record.PartitionChangeRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one partition when something of it changes: a reassignment completes, the
 * eligible replicas are known anew, and somebody leads who may (KIP-455, KIP-966).
 *
 * <pre>
 *   who may lead:  its broker is active, its log directory online, and it is
 *                    in the in-sync set, or
 *                    eligible, while that set is empty, or
 *                    the last known leader, while both are empty        (counts as unclean)
 *                    anybody, where the topic or an operator says so    (unclean)
 *   who does:      the leader while it may, then the first that may in the order of the assignment
 * </pre>
 */
final class PartitionChange {
  /** The leader is still repairing what an unclean election cost. */
  static final byte RECOVERING = 1;

  static final byte RECOVERED = 0;

  private static final int NOBODY = -1;

  /** How a leader is looked for. */
  enum Election {
    /** The present leader stays while it may. */
    ANY,
    /** The first of the assignment comes before the present leader. */
    PREFERRED,
    /** Somebody shall lead, whatever may be lost. */
    UNCLEAN
  }

  private final PartitionRules rules;
  private final PartitionRules.OfTopic topic;
  private final Uuid topicId;
  private final int index;
  private final PartitionImage before;
  private Election election = Election.ANY;
  private int lost = NOBODY;
  private int wiped = NOBODY;
  private List<Integer> replicas;
  private List<Integer> isr;
  private Reassignment reassignment;
  private List<Integer> eligible;
  private List<Integer> lastKnown;
  private byte recovery;
  private final Map<Integer, Uuid> directories = new HashMap<>();

  PartitionChange(PartitionRules rules, PartitionId id, PartitionImage before) {
    this.rules = rules;
    this.topic = rules.topic(id.topicName());
    this.topicId = id.topicId();
    this.index = id.index();
    this.before = before;
    replicas = before.replicas();
    isr = before.isr();
    reassignment = before.reassignment();
    eligible = before.eligible();
    lastKnown = before.lastEligible();
    recovery = before.recovery();
  }

  /** Names a partition. */
  record PartitionId(String topicName, Uuid topicId, int index) {}

  /** These are in sync. When nobody is left and nothing else tells who has everything, all stay. */
  PartitionChange isr(List<Integer> members) {
    isr = List.copyOf(members);
    return this;
  }

  PartitionChange election(Election how) {
    election = how;
    return this;
  }

  PartitionChange recovery(byte state) {
    recovery = state;
    return this;
  }

  /** This copy may lack records: it is neither in sync nor eligible. */
  PartitionChange lost(int replica) {
    lost = replica;
    isr = without(isr, List.of(replica));
    return this;
  }

  /** This copy is gone for good: also the last known leader is not elected for it. */
  PartitionChange wiped(int replica) {
    wiped = replica;
    return lost(replica);
  }

  PartitionChange assign(List<Integer> all, Reassignment moves) {
    replicas = List.copyOf(all);
    reassignment = moves;
    return this;
  }

  /** A replica is in this log directory. */
  PartitionChange directory(int replica, Uuid directory) {
    directories.put(replica, directory);
    return this;
  }

  /** The record, or null when nothing changes. */
  @Nullable PartitionChangeRecord build() {
    completeReassignment();
    judgeEligible();
    int leader = elect();
    rememberLeader(leader);
    PartitionChangeRecord.Builder change =
        PartitionChangeRecord.builder().topicId(topicId).partitionId(index);
    boolean otherSets = setSets(change);
    boolean otherAssignment = setAssignment(change);
    boolean otherEpoch = leader != before.leader() || dropsReplicas();
    if (otherEpoch) {
      change.leader(leader);
    }
    return otherSets || otherAssignment || otherEpoch ? change.build() : null;
  }

  /**
   * Every replica that was added has caught up, and somebody who stays can lead: an in-sync set of
   * brokers that are gone must not end a move before an unclean election has its say.
   */
  private void completeReassignment() {
    if (reassignment.equals(Reassignment.NONE)) {
      return;
    }
    List<Integer> staying = without(isr, reassignment.removing());
    if (staying.containsAll(reassignment.adding()) && staying.stream().anyMatch(this::isUsable)) {
      replicas = without(replicas, reassignment.removing());
      isr = staying;
      reassignment = Reassignment.NONE;
    }
  }

  private void judgeEligible() {
    if (!rules.tracksEligible()) {
      if (isr.isEmpty()) {
        List<Integer> complete = eligible.isEmpty() ? before.isr() : eligible;
        isr = complete.stream().filter(replicas::contains).toList();
      }
      eligible = List.of();
      lastKnown = List.of();
    } else if (isr.size() >= Math.min(topic.minInSync(), replicas.size())) {
      eligible = List.of();
    } else {
      Set<Integer> complete = new HashSet<>(before.eligible());
      complete.addAll(before.isr());
      complete.remove(lost);
      eligible =
          replicas.stream()
              .filter(replica -> complete.contains(replica) && !isr.contains(replica))
              .toList();
    }
  }

  private int elect() {
    int preferred = replicas.getFirst();
    if (election == Election.PREFERRED && mayLead(preferred)) {
      return taken(preferred);
    }
    if (mayLead(before.leader())) {
      return taken(before.leader());
    }
    for (int replica : replicas) {
      if (mayLead(replica)) {
        return taken(replica);
      }
    }
    if (isr.isEmpty() && eligible.isEmpty() && lastKnown.size() == 1) {
      int last = lastKnown.getFirst();
      if (replicas.contains(last) && last != wiped && isUsable(last)) {
        return takenUncleanly(last);
      }
    }
    return election == Election.UNCLEAN || topic.unclean()
        ? electUncleanly()
        : PartitionImage.NO_LEADER;
  }

  private int electUncleanly() {
    for (int replica : replicas) {
      if (isUsable(replica)) {
        return takenUncleanly(replica);
      }
    }
    if (election == Election.UNCLEAN) {
      for (int replica : replicas) {
        if (rules.isActive(replica)) {
          // the copy is gone with its log directory: the broker begins an empty one somewhere
          directories.put(replica, rules.newDirectory(replica));
          return takenUncleanly(replica);
        }
      }
    }
    return PartitionImage.NO_LEADER;
  }

  private boolean mayLead(int replica) {
    return replicas.contains(replica)
        && (isr.contains(replica) || (isr.isEmpty() && eligible.contains(replica)))
        && isUsable(replica);
  }

  private boolean isUsable(int replica) {
    return rules.isUsable(before, replica);
  }

  private int taken(int replica) {
    if (isr.isEmpty()) {
      isr = List.of(replica);
      eligible = without(eligible, isr);
    }
    return replica;
  }

  private int takenUncleanly(int replica) {
    isr = List.of(replica);
    eligible = List.of();
    recovery = RECOVERING;
    return replica;
  }

  private void rememberLeader(int leader) {
    if (leader != PartitionImage.NO_LEADER) {
      lastKnown = List.of();
    } else if (rules.tracksEligible() && isr.isEmpty() && before.hasLeader()) {
      lastKnown = List.of(before.leader());
    }
    lastKnown = without(lastKnown, List.of(wiped));
  }

  /** A broker that drops out must not go on in the present epoch. */
  private boolean dropsReplicas() {
    return !replicas.containsAll(before.replicas());
  }

  private boolean setSets(PartitionChangeRecord.Builder change) {
    boolean changed = false;
    if (!isr.equals(before.isr())) {
      change.isr(isr);
      changed = true;
    }
    if (!eligible.equals(before.eligible())) {
      change.eligibleLeaderReplicas(eligible);
      changed = true;
    }
    if (!lastKnown.equals(before.lastEligible())) {
      change.lastKnownElr(lastKnown);
      changed = true;
    }
    if (recovery != before.recovery()) {
      change.leaderRecoveryState(recovery);
      changed = true;
    }
    return changed;
  }

  private boolean setAssignment(PartitionChangeRecord.Builder change) {
    boolean changed = false;
    if (!replicas.equals(before.replicas())) {
      change.replicas(replicas);
      changed = true;
    }
    List<Uuid> chosen = replicas.stream().map(this::directoryOf).toList();
    if (!chosen.equals(before.directories())) {
      change.directories(chosen);
      changed = true;
    }
    if (!reassignment.adding().equals(before.reassignment().adding())) {
      change.addingReplicas(reassignment.adding());
      changed = true;
    }
    if (!reassignment.removing().equals(before.reassignment().removing())) {
      change.removingReplicas(reassignment.removing());
      changed = true;
    }
    return changed;
  }

  private Uuid directoryOf(int replica) {
    Uuid chosen = directories.get(replica);
    if (chosen != null) {
      return chosen;
    }
    return before.replicas().contains(replica)
        ? before.directoryOf(replica)
        : rules.newDirectory(replica);
  }

  static List<Integer> without(List<Integer> all, List<Integer> some) {
    return some.isEmpty() ? all : all.stream().filter(id -> !some.contains(id)).toList();
  }
}
