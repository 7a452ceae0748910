package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.Leaderships.Loss;
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
    Pass pass = new Pass(new PartitionRules(rules), ((Outcome.Done<BrokerImage>) known).value());
    List<Outcome<Uuid>> outcomes = new ArrayList<>(assignments.size());
    for (Assignment assignment : assignments) {
      outcomes.add(Rules.attempt(() -> pass.assign(assignment)));
    }
    return new Decision<>(pass.settled(rules), Outcome.done(outcomes), true);
  }

  /** One request on its way through: what it has named, and what is to be written for it. */
  private static final class Pass {
    private final PartitionRules rules;
    private final BrokerImage broker;
    private final Set<PartitionId> named = new LinkedHashSet<>();
    private final List<Message> records = new ArrayList<>();

    Pass(PartitionRules rules, BrokerImage broker) {
      this.rules = rules;
      this.broker = broker;
    }

    Uuid assign(Assignment assignment) {
      TopicImage topic = rules.image().topic(assignment.topicId());
      if (topic == null) {
        throw new RefusedException(
            ErrorCode.UNKNOWN_TOPIC_ID, "there is no such topic, id=" + assignment.topicId());
      }
      PartitionImage partition = partition(topic, assignment.partition());
      PartitionId id = new PartitionId(topic.name(), topic.id(), assignment.partition());
      if (!named.add(id)) {
        throw new RefusedException(
            ErrorCode.INVALID_REQUEST, "replica is named twice in the request, " + id);
      }
      PartitionChange change =
          new PartitionChange(rules, id, partition).directory(broker.id(), assignment.directory());
      switch (loss(partition, assignment.directory())) {
        case ALL -> {
          refuseIfOnlyCopy(partition);
          change.wiped(broker.id());
        }
        case SOME -> change.lost(broker.id());
        case NONE -> {}
      }
      PartitionChangeRecord record = change.build();
      if (record != null) {
        records.add(record);
      }
      return assignment.directory();
    }

    private PartitionImage partition(TopicImage topic, int index) {
      PartitionImage partition = topic.partition(index);
      if (partition == null) {
        throw new RefusedException(
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no such partition, partition=" + index);
      }
      if (!partition.replicas().contains(broker.id())) {
        throw new RefusedException(
            ErrorCode.NOT_LEADER_OR_FOLLOWER,
            "broker has no replica of the partition, broker=" + broker.id());
      }
      return partition;
    }

    /** What became of the broker's copy, as it says that it is in this directory. */
    private Loss loss(PartitionImage partition, Uuid directory) {
      if (directory.equals(PartitionImage.DIRECTORY_LOST)) {
        boolean othersHaveAll =
            partition.isr().stream()
                .anyMatch(other -> other != broker.id() && rules.isUsable(partition, other));
        return othersHaveAll ? Loss.SOME : Loss.NONE;
      }
      Uuid before = partition.directoryOf(broker.id());
      return broker.isOnline(before) || directory.equals(before) ? Loss.NONE : Loss.ALL;
    }

    private void refuseIfOnlyCopy(PartitionImage partition) {
      if (!rules.tracksEligible() && partition.isr().equals(List.of(broker.id()))) {
        throw new RefusedException(
            ErrorCode.KAFKA_STORAGE_ERROR,
            "the only copy in sync was in a log directory that is gone, directory="
                + partition.directoryOf(broker.id()));
      }
    }

    /** The records, and those of what they mean for the leaderships. */
    List<Message> settled(Rules rulesBefore) {
      Leaderships after = new Leaderships(rulesBefore.after(records));
      named.forEach(id -> after.settle(id, records));
      return records;
    }
  }
}
