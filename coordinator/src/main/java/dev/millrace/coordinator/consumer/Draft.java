package dev.millrace.coordinator.consumer;

import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.record.ConsumerGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupRegularExpressionKey;
import dev.millrace.coordinator.record.ConsumerGroupRegularExpressionValue;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMemberKey;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMemberValue;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMemberValue.TopicPartition;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMetadataKey;
import dev.millrace.coordinator.record.ConsumerGroupTargetAssignmentMetadataValue;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records that are decided and not written yet, and the group as they make it. Lives as long as one
 * decision.
 */
public final class Draft {
  private final List<KeyValue> records = new ArrayList<>();
  private final int epochBefore;
  private ConsumerGroup group;

  public Draft(ConsumerGroup group) {
    this.group = group;
    this.epochBefore = group.epochs().group();
  }

  /** The epoch of the group without what is in this draft. */
  public int epochBefore() {
    return epochBefore;
  }

  /** The group with everything that is in this draft. */
  public ConsumerGroup group() {
    return group;
  }

  /** What is to be written, in order. */
  public List<KeyValue> records() {
    return records;
  }

  /** Adds a record of another kind of group. */
  public void add(KeyValue record) {
    records.add(record);
  }

  void epoch(int epoch, long metadataHash) {
    write(
        ConsumerGroupMetadataKey.builder().groupId(group.id()).build(),
        ConsumerGroupMetadataValue.builder().epoch(epoch).metadataHash(metadataHash).build());
  }

  void profile(String memberId, ConsumerGroupMemberMetadataValue profile) {
    write(
        ConsumerGroupMemberMetadataKey.builder().groupId(group.id()).memberId(memberId).build(),
        profile);
  }

  void position(String memberId, Position position) {
    write(positionKey(memberId), position.value());
  }

  void target(String memberId, Partitions target) {
    List<TopicPartition> topics = new ArrayList<>();
    target
        .topics()
        .forEach(topic ->
            topics.add(
                TopicPartition.builder()
                    .topicId(topic)
                    .partitions(List.copyOf(target.of(topic)))
                    .build()));
    write(
        targetKey(memberId),
        ConsumerGroupTargetAssignmentMemberValue.builder().topicPartitions(topics).build());
  }

  void assignmentEpoch(int epoch, long nowMs) {
    write(
        ConsumerGroupTargetAssignmentMetadataKey.builder().groupId(group.id()).build(),
        ConsumerGroupTargetAssignmentMetadataValue.builder()
            .assignmentEpoch(epoch)
            .assignmentTimestamp(nowMs)
            .build());
  }

  void regex(String regex, @Nullable ConsumerGroupRegularExpressionValue resolved) {
    write(
        ConsumerGroupRegularExpressionKey.builder()
            .groupId(group.id())
            .regularExpression(regex)
            .build(),
        resolved);
  }

  /** Takes a member out: its position first, so that a part of the records leaves no riddle. */
  void remove(String memberId) {
    write(positionKey(memberId), null);
    write(targetKey(memberId), null);
    write(
        ConsumerGroupMemberMetadataKey.builder().groupId(group.id()).memberId(memberId).build(),
        null);
  }

  /** Takes the whole group out; the group's own record goes last. */
  public void removeAll() {
    for (String memberId : List.copyOf(group.members().keySet())) {
      remove(memberId);
    }
    for (String memberId : List.copyOf(group.targets().keySet())) {
      write(targetKey(memberId), null);
    }
    for (String regex : List.copyOf(group.regexes().keySet())) {
      regex(regex, null);
    }
    write(ConsumerGroupTargetAssignmentMetadataKey.builder().groupId(group.id()).build(), null);
    write(ConsumerGroupMetadataKey.builder().groupId(group.id()).build(), null);
  }

  private ConsumerGroupCurrentMemberAssignmentKey positionKey(String memberId) {
    return ConsumerGroupCurrentMemberAssignmentKey.builder()
        .groupId(group.id())
        .memberId(memberId)
        .build();
  }

  private ConsumerGroupTargetAssignmentMemberKey targetKey(String memberId) {
    return ConsumerGroupTargetAssignmentMemberKey.builder()
        .groupId(group.id())
        .memberId(memberId)
        .build();
  }

  private void write(Message key, @Nullable Message value) {
    records.add(KeyValue.of(key, value, (short) 0));
    group = group.with(key, value);
  }
}
