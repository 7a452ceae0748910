package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.wire.ErrorCode;
import java.util.HashSet;
import java.util.List;

/** Makes the records of new partitions from lists of replicas. */
final class NewPartitions {
  private final ClusterImage image;

  NewPartitions(ClusterImage image) {
    this.image = image;
  }

  /** A partition that starts on these brokers; the first active one leads it. */
  PartitionRecord record(Uuid topicId, int index, List<Integer> replicas) {
    List<Integer> isr = replicas.stream().filter(image::isActive).toList();
    if (isr.isEmpty()) {
      throw new RefusedException(
          ErrorCode.INVALID_REPLICA_ASSIGNMENT,
          "all brokers of the partition are fenced, partition=" + index + " brokers=" + replicas);
    }
    return PartitionRecord.builder()
        .topicId(topicId)
        .partitionId(index)
        .replicas(replicas)
        .directories(replicas.stream().map(this::directory).toList())
        .isr(isr)
        .leader(isr.getFirst())
        .leaderEpoch(0)
        .partitionEpoch(0)
        .build();
  }

  /** Holds replicas that somebody chose against the brokers that there are. */
  void checkManual(int index, List<Integer> replicas, int replicationFactor) {
    if (replicas.isEmpty()) {
      throw refused(index, "it has no replicas");
    }
    if (new HashSet<>(replicas).size() != replicas.size()) {
      throw refused(index, "a broker stands there twice, brokers=" + replicas);
    }
    for (Integer replica : replicas) {
      BrokerImage broker = image.broker(replica);
      if (broker == null) {
        throw refused(index, "there is no such broker, broker=" + replica);
      }
      if (!image.takesReplicas(broker)) {
        throw refused(
            index,
            "the broker is being drained, or all its log directories are cordoned, broker="
                + replica);
      }
    }
    if (replicas.size() != replicationFactor) {
      throw refused(
          index,
          "all partitions must have as many replicas, replicas="
              + replicas.size()
              + " expected="
              + replicationFactor);
    }
  }

  private static RefusedException refused(int index, String why) {
    return new RefusedException(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        "assignment of partition " + index + " is wrong: " + why);
  }

  /** A broker with one log directory has no choice; the others choose when they see the record. */
  private Uuid directory(Integer brokerId) {
    BrokerImage broker = image.broker(brokerId);
    return broker != null && broker.directories().size() == 1
        ? broker.directories().getFirst()
        : PartitionImage.DIRECTORY_UNASSIGNED;
  }
}
