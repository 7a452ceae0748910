package dev.millrace.coordinator.sharegroup;

import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.record.ShareGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.ShareGroupCurrentMemberAssignmentValue;
import dev.millrace.coordinator.record.ShareGroupMemberMetadataKey;
import dev.millrace.coordinator.record.ShareGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ShareGroupMetadataKey;
import dev.millrace.coordinator.record.ShareGroupMetadataValue;
import dev.millrace.coordinator.record.ShareGroupStatePartitionMetadataKey;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMemberKey;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMemberValue;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMemberValue.TopicPartition;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMetadataKey;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMetadataValue;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records that are decided and not written yet, and the group as they make it. Lives as long as one
 * decision.
 */
public final class ShareDraft {
  private static final short VERSION = 0;

  private final List<KeyValue> records = new ArrayList<>();
  private ShareGroup group;

  public ShareDraft(ShareGroup group) {
    this.group = group;
  }

  /** The group with everything that is in this draft. */
  public ShareGroup group() {
    return group;
  }

  /** What is to be written, in order. */
  public List<KeyValue> records() {
    return records;
  }

  void epoch(int epoch, long metadataHash) {
    write(new ShareGroupMetadataKey(group.id()), new ShareGroupMetadataValue(epoch, metadataHash));
  }

  void profile(String memberId, ShareGroupMemberMetadataValue profile) {
    write(new ShareGroupMemberMetadataKey(group.id(), memberId), profile);
  }

  void position(String memberId, ShareGroupCurrentMemberAssignmentValue position) {
    write(new ShareGroupCurrentMemberAssignmentKey(group.id(), memberId), position);
  }

  void target(String memberId, Partitions target) {
    List<TopicPartition> topics =
        target.topics().stream()
            .map(topic -> new TopicPartition(topic, List.copyOf(target.of(topic))))
            .toList();
    write(
        new ShareGroupTargetAssignmentMemberKey(group.id(), memberId),
        new ShareGroupTargetAssignmentMemberValue(topics));
  }

  void assignmentEpoch(int epoch, long nowMs) {
    write(
        new ShareGroupTargetAssignmentMetadataKey(group.id()),
        ShareGroupTargetAssignmentMetadataValue.builder()
            .assignmentEpoch(epoch)
            .assignmentTimestamp(nowMs)
            .build());
  }

  void states(ShareStatesKnown states) {
    if (!states.equals(group.states())) {
      write(new ShareGroupStatePartitionMetadataKey(group.id()), states.value());
    }
  }

  /** Takes a member out: its position first, so that a part of the records leaves no riddle. */
  void remove(String memberId) {
    write(new ShareGroupCurrentMemberAssignmentKey(group.id(), memberId), null);
    write(new ShareGroupTargetAssignmentMemberKey(group.id(), memberId), null);
    write(new ShareGroupMemberMetadataKey(group.id(), memberId), null);
  }

  /** Takes the whole group out; the group's own record goes last. */
  public void removeAll() {
    List.copyOf(group.members().keySet()).forEach(this::remove);
    for (String memberId : List.copyOf(group.targets().keySet())) {
      write(new ShareGroupTargetAssignmentMemberKey(group.id(), memberId), null);
    }
    write(new ShareGroupStatePartitionMetadataKey(group.id()), null);
    write(new ShareGroupTargetAssignmentMetadataKey(group.id()), null);
    write(new ShareGroupMetadataKey(group.id()), null);
  }

  private void write(Message key, @Nullable Message value) {
    records.add(KeyValue.of(key, value, VERSION));
    group = group.with(key, value);
  }
}
