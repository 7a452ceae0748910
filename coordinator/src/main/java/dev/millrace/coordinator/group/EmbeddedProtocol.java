package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Holdings;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import dev.millrace.wire.message.ConsumerProtocolAssignment;
import dev.millrace.wire.message.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What consumers of the classic protocol tell each other through the group: int16 version, then the
 * structure. A version that is newer than ours is read as ours; what it adds comes last.
 */
final class EmbeddedProtocol {
  private EmbeddedProtocol() {}

  /** A subscription, or null when this is none. */
  static @Nullable ConsumerProtocolSubscription subscription(Bytes metadata) {
    try {
      WireReader in = new WireReader(metadata.buffer());
      short version = in.int16();
      return version < 0
          ? null
          : ConsumerProtocolSubscription.read(
              in, known(version, ConsumerProtocolSubscription.HIGHEST_VERSION));
    } catch (WireException _) {
      return null;
    }
  }

  /** What an assignment gives, of topics that exist; nothing for no bytes, null for wrong ones. */
  static @Nullable Partitions assigned(Bytes assignment, TopicCatalog catalog) {
    if (assignment.isEmpty()) {
      return Partitions.NONE;
    }
    try {
      WireReader in = new WireReader(assignment.buffer());
      short version = in.int16();
      if (version < 0) {
        return null;
      }
      Partitions.Builder partitions = new Partitions.Builder();
      ConsumerProtocolAssignment read =
          ConsumerProtocolAssignment.read(
              in, known(version, ConsumerProtocolAssignment.HIGHEST_VERSION));
      for (ConsumerProtocolAssignment.TopicPartition topic : read.assignedPartitions()) {
        TopicCatalog.Topic there = catalog.find(topic.topic());
        if (there != null) {
          partitions.addAll(there.id(), topic.partitions());
        }
      }
      return partitions.build();
    } catch (WireException _) {
      return null;
    }
  }

  /** Whether an assignment carries more than partitions: what only its own assignor understands. */
  static boolean hasUserData(Bytes assignment) {
    if (assignment.isEmpty()) {
      return false;
    }
    try {
      WireReader in = new WireReader(assignment.buffer());
      short version = known(in.int16(), ConsumerProtocolAssignment.HIGHEST_VERSION);
      Bytes userData = version < 0 ? null : ConsumerProtocolAssignment.read(in, version).userData();
      return userData != null && !userData.isEmpty();
    } catch (WireException _) {
      return false;
    }
  }

  /** What a member says it has, of topics that exist. */
  static List<TopicPartitions> owned(
      ConsumerProtocolSubscription subscription, TopicCatalog catalog) {
    List<TopicPartitions> owned = new ArrayList<>();
    for (ConsumerProtocolSubscription.TopicPartition topic : subscription.ownedPartitions()) {
      TopicCatalog.Topic there = catalog.find(topic.topic());
      if (there != null) {
        owned.add(
            TopicPartitions.builder().topicId(there.id()).partitions(topic.partitions()).build());
      }
    }
    return owned;
  }

  /**
   * An assignment in the version of a member's subscription. Topics that are gone are left out.
   *
   * @param metadata the member's subscription
   */
  static Bytes assignment(Holdings assigned, TopicCatalog catalog, Bytes metadata) {
    short version = 0;
    if (metadata.size() >= Short.BYTES) {
      short said = metadata.buffer().getShort(metadata.buffer().position());
      version = known((short) Math.max(said, 0), ConsumerProtocolAssignment.HIGHEST_VERSION);
    }
    List<ConsumerProtocolAssignment.TopicPartition> topics = new ArrayList<>();
    for (Uuid id : assigned.topics()) {
      TopicCatalog.Topic there = catalog.find(id);
      if (there != null) {
        topics.add(
            ConsumerProtocolAssignment.TopicPartition.builder()
                .topic(there.name())
                .partitions(List.copyOf(assigned.of(id).keySet()))
                .build());
      }
    }
    ConsumerProtocolAssignment all =
        ConsumerProtocolAssignment.builder().assignedPartitions(topics).build();
    ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES + all.size(version));
    WireWriter out = new WireWriter(buffer);
    out.int16(version);
    all.write(out, version);
    return Bytes.copyOf(buffer.array());
  }

  private static short known(short version, short highest) {
    return (short) Math.min(version, highest);
  }
}
