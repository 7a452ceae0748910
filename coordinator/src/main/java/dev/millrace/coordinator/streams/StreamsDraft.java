package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.record.StreamsGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupMetadataValue.LastAssignmentConfig;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMemberKey;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMemberValue;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMemberValue.TaskIds;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMetadataKey;
import dev.millrace.coordinator.record.StreamsGroupTargetAssignmentMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyKey;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records that are decided and not written yet, and the group as they make it. Lives as long as one
 * decision.
 */
public final class StreamsDraft {
  private final List<KeyValue> records = new ArrayList<>();
  private StreamsGroup group;

  public StreamsDraft(StreamsGroup group) {
    this.group = group;
  }

  /** The group with everything that is in this draft. */
  public StreamsGroup group() {
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

  /** The group's own record; of the epochs it takes the first four. */
  void epochs(StreamsGroup.Epochs epochs) {
    List<LastAssignmentConfig> configs = new ArrayList<>();
    new TreeMap<>(epochs.configs())
        .forEach((key, value) -> configs.add(new LastAssignmentConfig(key, value)));
    write(
        StreamsGroupMetadataKey.builder().groupId(group.id()).build(),
        StreamsGroupMetadataValue.builder()
            .epoch(epochs.group())
            .metadataHash(epochs.metadataHash())
            .validatedTopologyEpoch(epochs.validatedTopology())
            .lastAssignmentConfigs(configs)
            .build());
  }

  void topology(@Nullable StreamsGroupTopologyValue topology) {
    write(StreamsGroupTopologyKey.builder().groupId(group.id()).build(), topology);
  }

  void profile(String memberId, @Nullable StreamsGroupMemberMetadataValue profile) {
    write(
        StreamsGroupMemberMetadataKey.builder().groupId(group.id()).memberId(memberId).build(),
        profile);
  }

  void position(String memberId, Position position) {
    write(positionKey(memberId), position.value());
  }

  void target(String memberId, Assigned target) {
    write(
        targetKey(memberId),
        StreamsGroupTargetAssignmentMemberValue.builder()
            .activeTasks(list(target.active()))
            .standbyTasks(list(target.standby()))
            .warmupTasks(list(target.warmup()))
            .build());
  }

  private static List<TaskIds> list(Tasks tasks) {
    List<TaskIds> ids = new ArrayList<>();
    for (String subtopology : tasks.subtopologies()) {
      ids.add(new TaskIds(subtopology, List.copyOf(tasks.of(subtopology))));
    }
    return ids;
  }

  void assignmentEpoch(int epoch, long nowMs) {
    write(
        StreamsGroupTargetAssignmentMetadataKey.builder().groupId(group.id()).build(),
        StreamsGroupTargetAssignmentMetadataValue.builder()
            .assignmentEpoch(epoch)
            .assignmentTimestamp(nowMs)
            .build());
  }

  /** Takes a member out: its position first, so that a part of the records leaves no riddle. */
  void remove(String memberId) {
    write(positionKey(memberId), null);
    write(targetKey(memberId), null);
    profile(memberId, null);
  }

  /** Takes the whole group out; the group's own record goes last. */
  public void removeAll() {
    for (String memberId : List.copyOf(group.members().keySet())) {
      remove(memberId);
    }
    for (String memberId : List.copyOf(group.targets().keySet())) {
      write(targetKey(memberId), null);
    }
    write(StreamsGroupTargetAssignmentMetadataKey.builder().groupId(group.id()).build(), null);
    topology(null);
    write(StreamsGroupMetadataKey.builder().groupId(group.id()).build(), null);
  }

  private StreamsGroupCurrentMemberAssignmentKey positionKey(String memberId) {
    return StreamsGroupCurrentMemberAssignmentKey.builder()
        .groupId(group.id())
        .memberId(memberId)
        .build();
  }

  private StreamsGroupTargetAssignmentMemberKey targetKey(String memberId) {
    return StreamsGroupTargetAssignmentMemberKey.builder()
        .groupId(group.id())
        .memberId(memberId)
        .build();
  }

  private void write(Message key, @Nullable Message value) {
    records.add(KeyValue.of(key, value, (short) 0));
    group = group.with(key, value);
  }
}
