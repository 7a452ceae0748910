package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.PartitionChange.PartitionId;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A broker says in which log directories its replicas are (KIP-858). Outcomes stand in the order of
 * the request.
 *
 * <p>A replica that turns up in another directory while the one it was in is not there was begun
 * anew: it has nothing, is neither in sync nor eligible, and must catch up. A directory that is not
 * one of the broker's means that the replica is offline. {@link PartitionImage#DIRECTORY_LOST} says
 * that a replica is damaged: it is offline too, and where others are in sync it is given up as a
 * place where everything is, so that it can be made anew.
 */
public record AssignDirectories(int brokerId, long brokerEpoch, List<Assignment> assignments)
    implements Command<List<Outcome<Uuid>>> {
  /** Where a replica is. */
  public record Assignment(Uuid directory, Uuid topicId, int partition) {}

  /** About one replica. */
  public static AssignDirectories one(
      int brokerId, long brokerEpoch, Uuid directory, Uuid topicId, int partition) {
    return new AssignDirectories(
        brokerId, brokerEpoch, List.of(new Assignment(directory, topicId, partition)));
  }

  /** Replies the directories. */
  @Override
  public Decision<List<Outcome<Uuid>>> decide(Rules rules) {
    Outcome<BrokerImage> known = Rules.attempt(() -> rules.registered(brokerId, brokerEpoch));
    if (known instanceof Outcome.Refused<BrokerImage> stale) {
      return new Decision<>(List.of(), Outcome.refused(stale.error(), stale.message()));
    }
    BrokerImage broker = ((Outcome.Done<BrokerImage>) known).value();
    PartitionRules partitions = new PartitionRules(rules);
    List<Message> records = new ArrayList<>();
    List<Outcome<Uuid>> outcomes = new ArrayList<>(assignments.size());
    Set<PartitionId> named = new LinkedHashSet<>();
    for (Assignment assignment : assignments) {
      outcomes.add(Rules.attempt(() -> assign(partitions, broker, assignment, named, records)));
    }
    Leaderships after = new Leaderships(rules.after(records));
    named.forEach(id -> after.settle(id, records));
    return new Decision<>(records, Outcome.done(outcomes), true);
  }

  private Uuid assign(
      PartitionRules rules,
      BrokerImage broker,
      Assignment assignment,
      Set<PartitionId> named,
      List<Message> records) {
    TopicImage topic = rules.image().topic(assignment.topicId());
    if (topic == null) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_TOPIC_ID, "there is no such topic, id=" + assignment.topicId());
    }
    PartitionImage partition = topic.partition(assignment.partition());
    if (partition == null) {
      throw new RefusedException(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
          "there is no such partition, partition=" + assignment.partition());
    }
    if (!partition.replicas().contains(brokerId)) {
      throw new RefusedException(
          ErrorCode.NOT_LEADER_OR_FOLLOWER,
          "broker has no replica of the partition, broker=" + brokerId);
    }
    PartitionId id = new PartitionId(topic.name(), topic.id(), assignment.partition());
    if (!named.add(id)) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST, "replica is named twice in the request, " + id);
    }
    Uuid before = partition.directoryOf(brokerId);
    PartitionChange change =
        new PartitionChange(rules, id, partition).directory(brokerId, assignment.directory());
    boolean begunAnew =
        !broker.isOnline(before)
            && !assignment.directory().equals(before)
            && !assignment.directory().equals(PartitionImage.DIRECTORY_LOST);
    boolean isDamaged =
        assignment.directory().equals(PartitionImage.DIRECTORY_LOST)
            && partition.isr().stream()
                .anyMatch(other -> other != brokerId && rules.isUsable(partition, other));
    if (begunAnew) {
      change.wiped(brokerId);
    } else if (isDamaged) {
      change.lost(brokerId);
    }
    PartitionChangeRecord record = change.build();
    if (begunAnew && !rules.tracksEligible() && partition.isr().equals(List.of(brokerId))) {
      throw new RefusedException(
          ErrorCode.KAFKA_STORAGE_ERROR,
          "the only copy in sync was in a log directory that is gone, directory=" + before);
    }
    if (record != null) {
      records.add(record);
    }
    return assignment.directory();
  }
}
