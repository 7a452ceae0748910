package dev.millrace.quorum.control;

import dev.millrace.quorum.control.PartitionChange.PartitionId;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.PartitionImage.Reassignment;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves partitions to other brokers, or takes such a move back (KIP-455, KIP-860). Each partition
 * counts for itself; outcomes stand in the order of the request.
 *
 * <p>While a partition moves it has the replicas of both assignments. Once all that were added are
 * in sync, the leader's proposal that says so completes the move. Another move replaces one that is
 * under way.
 *
 * @param allowReplicationFactorChange whether a partition may get more or fewer replicas
 */
public record AlterReassignments(List<Move> moves, boolean allowReplicationFactorChange)
    implements Command<List<Outcome<PartitionImage>>> {
  /**
   * A partition to move.
   *
   * @param replicas broker ids, the preferred leader first; null to take back what is under way
   */
  public record Move(String topic, int partition, @Nullable List<Integer> replicas) {}

  /** Replies the partitions as they are then. */
  @Override
  public Decision<List<Outcome<PartitionImage>>> decide(Rules rules) {
    PartitionRules partitions = new PartitionRules(rules);
    List<Message> records = new ArrayList<>();
    List<Outcome<PartitionId>> outcomes = new ArrayList<>(moves.size());
    Set<PartitionId> named = new HashSet<>();
    for (Move move : moves) {
      outcomes.add(Rules.attempt(() -> move(partitions, move, named, records)));
    }
    Rules after = rules.after(records);
    List<Outcome<PartitionImage>> replies = new ArrayList<>(moves.size());
    for (Outcome<PartitionId> outcome : outcomes) {
      replies.add(outcome.map(id -> find(after.image().topic(id.topicId()), id.index())));
    }
    return new Decision<>(records, Outcome.done(replies), true);
  }

  private PartitionId move(
      PartitionRules rules, Move move, Set<PartitionId> named, List<Message> records) {
    TopicImage topic = rules.image().topic(move.topic());
    PartitionImage partition = find(topic, move.partition());
    PartitionId id =
        new PartitionId(move.topic(), Objects.requireNonNull(topic).id(), move.partition());
    if (!named.add(id)) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST,
          "partition is named twice in the request, topic="
              + move.topic()
              + " partition="
              + move.partition());
    }
    List<Integer> target = move.replicas();
    PartitionChange change = new PartitionChange(rules, id, partition);
    if (target == null) {
      takeBack(rules, id, partition, change);
    } else {
      begin(rules, target, partition, change);
    }
    PartitionChangeRecord record = change.build();
    if (record != null) {
      records.add(record);
    }
    return id;
  }

  private static PartitionImage find(@Nullable TopicImage topic, int index) {
    PartitionImage partition = topic == null ? null : topic.partition(index);
    if (partition == null) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no such partition, partition=" + index);
    }
    return partition;
  }

  private void begin(
      PartitionRules rules,
      List<Integer> target,
      PartitionImage partition,
      PartitionChange change) {
    check(rules, target, partition);
    List<Integer> wasAdding = partition.reassignment().adding();
    List<Integer> dropped = dropped(partition, PartitionChange.without(wasAdding, target));
    List<Integer> from = PartitionChange.without(partition.replicas(), dropped);
    List<Integer> adding =
        target.stream()
            .filter(replica -> !from.contains(replica) || wasAdding.contains(replica))
            .toList();
    List<Integer> removing = PartitionChange.without(from, target);
    List<Integer> all = new ArrayList<>(target);
    all.addAll(removing);
    change
        .isr(PartitionChange.without(partition.isr(), dropped))
        .assign(
            all,
            adding.isEmpty() && removing.isEmpty()
                ? Reassignment.NONE
                : new Reassignment(adding, removing));
  }

  /** What an earlier move was adding and nobody wants any more goes at once, if others remain. */
  private static List<Integer> dropped(PartitionImage partition, List<Integer> unwanted) {
    boolean othersRemain =
        partition.isr().isEmpty()
            ? unwanted.stream().noneMatch(partition.eligible()::contains)
            : !unwanted.containsAll(partition.isr());
    return othersRemain ? unwanted : List.of();
  }

  private void check(PartitionRules rules, List<Integer> target, PartitionImage partition) {
    if (target.isEmpty()) {
      throw NewPartitions.refused("an empty replica list.");
    }
    Set<Integer> once = new HashSet<>();
    for (Integer replica : target) {
      if (!once.add(replica)) {
        throw NewPartitions.refused("the broker " + replica + " more than once.");
      }
      BrokerImage broker = rules.image().broker(replica);
      if (broker == null) {
        throw NewPartitions.refused("broker " + replica + ", but no such broker is registered.");
      }
      if (!partition.replicas().contains(replica) && !broker.takesReplicas()) {
        throw invalid("all log directories of the broker are cordoned, broker=" + replica);
      }
    }
    int factor = original(partition).size();
    if (!allowReplicationFactorChange && target.size() != factor) {
      throw new RefusedException(
          ErrorCode.INVALID_REPLICATION_FACTOR,
          "The replication factor is changed from " + factor + " to " + target.size());
    }
  }

  /** The replicas of a partition without what a move is adding. */
  static List<Integer> original(PartitionImage partition) {
    return PartitionChange.without(partition.replicas(), partition.reassignment().adding());
  }

  private static void takeBack(
      PartitionRules rules, PartitionId id, PartitionImage partition, PartitionChange change) {
    Reassignment current = partition.reassignment();
    if (current.adding().isEmpty() && current.removing().isEmpty()) {
      throw new RefusedException(
          ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, "the partition does not move");
    }
    List<Integer> replicas = original(partition);
    List<Integer> isr = PartitionChange.without(partition.isr(), current.adding());
    boolean nobodyLeft =
        isr.isEmpty() && replicas.stream().noneMatch(partition.eligible()::contains);
    boolean anyWillDo =
        rules.topic(id.topicName()).unclean()
            && replicas.stream().anyMatch(replica -> rules.isUsable(partition, replica));
    if (nobodyLeft && !anyWillDo) {
      throw invalid("none of the brokers from before the move has all records, they would be lost");
    }
    change.assign(replicas, Reassignment.NONE).isr(isr);
  }

  private static RefusedException invalid(String why) {
    return new RefusedException(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT, "assignment is wrong: " + why);
  }
}
