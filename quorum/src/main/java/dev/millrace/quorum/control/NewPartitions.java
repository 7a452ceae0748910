package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.wire.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
      throw refused("an empty replica list.");
    }
    Set<Integer> once = new HashSet<>();
    for (Integer replica : replicas) {
      if (!once.add(replica)) {
        throw refused("the broker " + replica + " more than once.");
      }
      BrokerImage broker = image.broker(replica);
      if (broker == null) {
        throw refused("broker " + replica + ", but no such broker is registered.");
      }
      if (!broker.takesReplicas()) {
        throw refused(
            "broker "
                + replica
                + ", but all of its log directories are cordoned, partition="
                + index);
      }
    }
    if (replicas.size() != replicationFactor) {
      throw refused(
          "a partition with "
              + replicas.size()
              + " replica(s), but this is not consistent with previous partitions, which have "
              + replicationFactor
              + " replica(s).");
    }
  }

  /** Kafka's own words: programs and tests compare them. */
  static RefusedException refused(String what) {
    return new RefusedException(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT, "The manual partition assignment includes " + what);
  }

  /** A broker with one log directory has no choice; the others choose when they see the record. */
  private Uuid directory(Integer brokerId) {
    BrokerImage broker = image.broker(brokerId);
    return broker != null && broker.directories().size() == 1
        ? broker.directories().getFirst()
        : PartitionImage.DIRECTORY_UNASSIGNED;
  }
}
