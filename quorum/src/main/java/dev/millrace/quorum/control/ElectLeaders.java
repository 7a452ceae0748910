package dev.millrace.quorum.control;

import dev.millrace.quorum.control.PartitionChange.PartitionId;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Elects leaders (KIP-183, KIP-460): the preferred ones where others lead, or anybody at all where
 * nobody leads.
 *
 * @param partitions null for all of them; then those that need no election are left out of the
 *     reply
 */
public record ElectLeaders(Type type, @Nullable List<Partition> partitions)
    implements Command<Map<ElectLeaders.Partition, Outcome<Integer>>> {
  /** Which leader is wanted; the ordinal is its number in the protocol. */
  public enum Type {
    /** The first replica of the assignment. */
    PREFERRED,
    /** Any replica that is alive, though records may be lost. */
    UNCLEAN
  }

  /** A partition. */
  public record Partition(String topic, int index) {}

  /** Replies the new leaders. */
  @Override
  public Decision<Map<Partition, Outcome<Integer>>> decide(Rules rules) {
    PartitionRules partitionRules = new PartitionRules(rules);
    List<Message> records = new ArrayList<>();
    Map<Partition, Outcome<Integer>> outcomes = new LinkedHashMap<>();
    List<Partition> named = partitions;
    for (Partition partition : named == null ? all(rules) : named) {
      if (!outcomes.containsKey(partition)) {
        Outcome<Integer> outcome = Rules.attempt(() -> elect(partitionRules, partition, records));
        if (named != null || outcome.error() != ErrorCode.ELECTION_NOT_NEEDED) {
          outcomes.put(partition, outcome);
        }
      }
    }
    return new Decision<>(records, Outcome.done(outcomes), true);
  }

  private static List<Partition> all(Rules rules) {
    return rules
        .image()
        .topics()
        .sorted()
        .flatMap(topic ->
            topic.partitions().keySet().stream().map(index -> new Partition(topic.name(), index)))
        .toList();
  }

  private int elect(PartitionRules rules, Partition partition, List<Message> records) {
    TopicImage topic = rules.image().topic(partition.topic());
    PartitionImage before = topic == null ? null : topic.partition(partition.index());
    if (topic == null || before == null) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          "there is no such partition, topic="
              + partition.topic()
              + " partition="
              + partition.index());
    }
    int preferred = before.replicas().getFirst();
    if (type == Type.PREFERRED ? before.leader() == preferred : before.hasLeader()) {
      throw new RefusedException(
          ErrorCode.ELECTION_NOT_NEEDED,
          "broker " + before.leader() + " leads the partition already");
    }
    PartitionId id = new PartitionId(partition.topic(), topic.id(), partition.index());
    PartitionChangeRecord change = election(rules, id, before);
    if (change == null) {
      throw type == Type.PREFERRED
          ? new RefusedException(
              ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE,
              "the preferred leader is not in sync or not running, broker=" + preferred)
          : new RefusedException(
              ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
              "none of the brokers is running, brokers=" + before.replicas());
    }
    records.add(change);
    return change.leader();
  }

  /** Null when it does not give the leader that is wanted. */
  private @Nullable PartitionChangeRecord election(
      PartitionRules rules, PartitionId id, PartitionImage before) {
    PartitionChange change = new PartitionChange(rules, id, before);
    if (type == Type.PREFERRED) {
      return preferred(change, before);
    }
    PartitionChangeRecord record = change.election(PartitionChange.Election.UNCLEAN).build();
    return record == null || record.leader() < 0 ? null : record;
  }

  /** The change that gives a partition to its preferred leader; null when that cannot lead. */
  static @Nullable PartitionChangeRecord preferred(PartitionChange change, PartitionImage before) {
    PartitionChangeRecord record = change.election(PartitionChange.Election.PREFERRED).build();
    return record != null && record.leader() == before.replicas().getFirst() ? record : null;
  }
}
