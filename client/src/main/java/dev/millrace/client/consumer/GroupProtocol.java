package dev.millrace.client.consumer;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.TopicPartition;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ConsumerProtocolAssignment;
import dev.millrace.wire.message.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What members of a classic group tell each other: a version, then the message of that version. A
 * reader takes what it knows of later versions.
 */
final class GroupProtocol {
  private static final int SUBSCRIPTION_VERSION = 3;
  private static final int ASSIGNMENT_VERSION = 1;

  private GroupProtocol() {}

  static Bytes subscription(
      Collection<String> topics,
      Collection<TopicPartition> owned,
      int generation,
      @Nullable String rack) {
    List<ConsumerProtocolSubscription.TopicPartition> holds = new ArrayList<>();
    byTopic(owned)
        .forEach((topic, indexes) ->
            holds.add(new ConsumerProtocolSubscription.TopicPartition(topic, indexes)));
    return bytes(
        ConsumerProtocolSubscription.builder()
            .topics(topics.stream().sorted().toList())
            .userData(null)
            .ownedPartitions(holds)
            .generationId(generation)
            .rackId(rack)
            .build(),
        SUBSCRIPTION_VERSION);
  }

  static Assignor.Member member(@Nullable String instanceId, Bytes subscription) {
    ByteBuffer bytes = subscription.buffer();
    short version = version(bytes, SUBSCRIPTION_VERSION);
    ConsumerProtocolSubscription read =
        ConsumerProtocolSubscription.read(new WireReader(bytes), version);
    List<TopicPartition> owned = new ArrayList<>();
    read.ownedPartitions()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(index -> owned.add(new TopicPartition(topic.topic(), index))));
    return new Assignor.Member(instanceId, read.topics(), owned, read.generationId());
  }

  static Bytes assignment(Collection<TopicPartition> partitions) {
    List<ConsumerProtocolAssignment.TopicPartition> list = new ArrayList<>();
    byTopic(partitions)
        .forEach((topic, indexes) ->
            list.add(new ConsumerProtocolAssignment.TopicPartition(topic, indexes)));
    return bytes(
        ConsumerProtocolAssignment.builder().assignedPartitions(list).userData(null).build(),
        ASSIGNMENT_VERSION);
  }

  static List<TopicPartition> assigned(Bytes assignment) {
    List<TopicPartition> assigned = new ArrayList<>();
    if (assignment.isEmpty()) {
      return assigned;
    }
    ByteBuffer bytes = assignment.buffer();
    short version = version(bytes, ASSIGNMENT_VERSION);
    ConsumerProtocolAssignment.read(new WireReader(bytes), version)
        .assignedPartitions()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(index -> assigned.add(new TopicPartition(topic.topic(), index))));
    return assigned;
  }

  private static Map<String, List<Integer>> byTopic(Collection<TopicPartition> partitions) {
    Map<String, List<Integer>> byTopic = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      byTopic
          .computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
          .add(partition.partition());
    }
    return byTopic;
  }

  private static short version(ByteBuffer bytes, int highest) {
    if (bytes.remaining() < Short.BYTES) {
      throw new WireException("member's message has no version, bytes=" + bytes.remaining());
    }
    short version = bytes.getShort();
    if (version < 0) {
      throw new WireException("member's message has no such version, version=" + version);
    }
    return (short) Math.min(version, highest);
  }

  private static Bytes bytes(Message message, int version) {
    ByteBuffer out = ByteBuffer.allocate(Short.BYTES + message.size((short) version));
    out.putShort((short) version);
    message.write(new WireWriter(out), (short) version);
    return Bytes.copyOf(out.flip());
  }
}
