package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.Draft;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.streams.StreamsDraft;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/** DeleteGroups: an empty group goes with all its offsets. */
final class GroupDeletes implements Command<GroupMachine> {
  private final String groupId;
  private final Answer<ErrorCode> answer;

  GroupDeletes(String groupId, Answer<ErrorCode> answer) {
    this.groupId = groupId;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    ShareGroup shares = machine.shares().find(groupId);
    if (shares != null) {
      return delete(machine, shares);
    }
    ConsumerGroup consumers = machine.consumers().find(groupId);
    if (consumers != null) {
      return delete(machine, consumers);
    }
    StreamsGroup streams = machine.streams().find(groupId);
    if (streams != null) {
      return delete(machine, streams);
    }
    ClassicGroup group = machine.find(groupId);
    if (group == null) {
      answer.give(ErrorCode.GROUP_ID_NOT_FOUND);
      return Decision.NOTHING;
    }
    if (!group.in(GroupState.EMPTY)) {
      answer.give(ErrorCode.NON_EMPTY_GROUP);
      return Decision.NOTHING;
    }
    return Decision.write(tombstones(machine, groupId), answer::give);
  }

  /** The states of a share group go first, so that it can be deleted again if not all are. */
  private Decision delete(GroupMachine machine, ShareGroup group) {
    if (!group.members().isEmpty()) {
      answer.give(ErrorCode.NON_EMPTY_GROUP);
      return Decision.NOTHING;
    }
    machine
        .shares()
        .deleteAllStates(
            group,
            error -> {
              if (error == ErrorCode.NONE) {
                machine.again(groupId, new ShareGroupEnd(groupId, answer));
              } else {
                answer.give(error);
              }
            });
    return Decision.NOTHING;
  }

  private Decision delete(GroupMachine machine, StreamsGroup group) {
    if (!group.members().isEmpty()) {
      answer.give(ErrorCode.NON_EMPTY_GROUP);
      return Decision.NOTHING;
    }
    List<KeyValue> records = offsetTombstones(machine, groupId);
    StreamsDraft draft = new StreamsDraft(group);
    draft.removeAll();
    records.addAll(draft.records());
    return Decision.write(records, answer::give);
  }

  private Decision delete(GroupMachine machine, ConsumerGroup group) {
    if (!group.members().isEmpty()) {
      answer.give(ErrorCode.NON_EMPTY_GROUP);
      return Decision.NOTHING;
    }
    List<KeyValue> records = offsetTombstones(machine, groupId);
    Draft draft = new Draft(group);
    draft.removeAll();
    records.addAll(draft.records());
    return Decision.write(records, answer::give);
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(error);
  }

  @Override
  public boolean alone() {
    return true;
  }

  /** The group goes last, so that it can be deleted again if not all is written. */
  private static List<KeyValue> tombstones(GroupMachine machine, String groupId) {
    List<KeyValue> records = offsetTombstones(machine, groupId);
    records.add(GroupRecords.groupGone(groupId));
    return records;
  }

  private static List<KeyValue> offsetTombstones(GroupMachine machine, String groupId) {
    List<KeyValue> records = new ArrayList<>();
    machine
        .offsets()
        .places(groupId)
        .forEach((topic, partitions) ->
            partitions.forEach(
                partition -> records.add(GroupRecords.offsetGone(groupId, topic, partition))));
    return records;
  }
}
