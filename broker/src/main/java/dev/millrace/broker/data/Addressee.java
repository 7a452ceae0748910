package dev.millrace.broker.data;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The partition that a batch is for.
 *
 * @param topicId null when the request names topics
 */
record Addressee(Partitions partitions, String topic, @Nullable Uuid topicId, int index) {
  /** The copy of this node, or null when it has none. */
  @Nullable Partition find() {
    return topicId == null ? partitions.find(topic, index) : partitions.find(topicId, index);
  }

  /** What the client is told when there is none. */
  ErrorCode whyAbsent() {
    return topicId == null
        ? partitions.whyAbsent(topic, index)
        : partitions.whyAbsent(topicId, index);
  }

  /**
   * Whether the cluster has this node lead the partition, and it does not yet.
   *
   * @param found what {@link #find} gave
   */
  boolean isUpcoming(@Nullable Partition found) {
    if (found != null && found.appendRefusal(false) != ErrorCode.NOT_LEADER_OR_FOLLOWER) {
      return false;
    }
    return topicId == null
        ? partitions.isToLead(topic, index)
        : partitions.isToLead(topicId, index);
  }
}
