package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.group.ShareGroupFront.Changed;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.sharegroup.ShareDraft;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.sharegroup.ShareMembership;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What people do to the offsets of share groups that nobody is in. */
final class ShareOffsets {
  private ShareOffsets() {}

  /** Why a group's offsets can't be changed, or null. */
  private static @Nullable ErrorCode refusal(@Nullable ShareGroup group) {
    if (group == null) {
      return ErrorCode.GROUP_ID_NOT_FOUND;
    }
    return group.members().isEmpty() ? null : ErrorCode.NON_EMPTY_GROUP;
  }

  /**
   * AlterShareGroupOffsets: sets states anew, in an epoch that shuts out those of before. A group
   * that is not there is made.
   */
  record Alter(String groupId, Map<ShareKey, Long> starts, Consumer<Changed> answer)
      implements Command<GroupMachine> {
    @Override
    public Decision decide(GroupMachine machine) {
      ShareGroup group = machine.shares().find(groupId);
      ShareDraft draft =
          group == null ? ShareHeartbeats.begin(machine, groupId) : new ShareDraft(group);
      ErrorCode refusal = refusal(draft == null ? null : draft.group());
      if (refusal != null || draft == null) {
        refuse(refusal == null ? ErrorCode.GROUP_ID_NOT_FOUND : refusal);
        return Decision.NOTHING;
      }
      if (starts.isEmpty()) {
        answer.accept(new Changed(ErrorCode.NONE, Map.of()));
        return Decision.NOTHING;
      }
      Partitions.Builder builder = new Partitions.Builder();
      starts.keySet().forEach(key -> builder.add(key.topicId(), key.partition()));
      Partitions partitions = builder.build();
      ShareMembership membership = machine.shares().membership(draft);
      int epoch = group == null ? membership.firstStateEpoch() : membership.nextStateEpoch();
      membership.starting(partitions);
      machine.shares().claim(groupId, partitions);
      return Decision.write(
          draft.records(),
          error -> {
            if (error == ErrorCode.NONE) {
              machine
                  .shares()
                  .setStates(
                      groupId,
                      epoch,
                      starts,
                      results -> answer.accept(new Changed(ErrorCode.NONE, results)));
            } else {
              machine.shares().unclaim(groupId, partitions);
              refuse(error);
            }
          });
    }

    @Override
    public void refuse(ErrorCode error) {
      answer.accept(Changed.refused(error));
    }

    @Override
    public boolean alone() {
      return true;
    }
  }

  /** DeleteShareGroupOffsets: the group forgets topics. */
  record Delete(String groupId, List<Uuid> topics, Consumer<Changed> answer)
      implements Command<GroupMachine> {
    @Override
    public Decision decide(GroupMachine machine) {
      ShareGroup group = machine.shares().find(groupId);
      ErrorCode refusal = refusal(group);
      if (refusal != null || group == null) {
        refuse(refusal == null ? ErrorCode.GROUP_ID_NOT_FOUND : refusal);
        return Decision.NOTHING;
      }
      Map<ShareKey, ErrorCode> results = new LinkedHashMap<>();
      List<Uuid> known = new ArrayList<>();
      ShareDraft draft = new ShareDraft(group);
      for (Uuid topic : topics) {
        if (group.states().names().containsKey(topic)) {
          known.add(topic);
          machine.shares().membership(draft).ending(topic);
        } else {
          results.put(new ShareKey(groupId, topic, -1), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
      }
      if (known.isEmpty()) {
        answer.accept(new Changed(ErrorCode.NONE, results));
        return Decision.NOTHING;
      }
      return Decision.write(draft.records(), error -> finish(machine, error, known, results));
    }

    private void finish(
        GroupMachine machine, ErrorCode error, List<Uuid> known, Map<ShareKey, ErrorCode> results) {
      if (error != ErrorCode.NONE) {
        refuse(error);
        return;
      }
      Gather<ErrorCode> gather =
          new Gather<>(
              known.size(),
              errors -> {
                for (int i = 0; i < known.size(); i++) {
                  results.put(new ShareKey(groupId, known.get(i), -1), errors.get(i));
                }
                answer.accept(new Changed(ErrorCode.NONE, results));
              });
      for (int i = 0; i < known.size(); i++) {
        int index = i;
        machine.shares().deleteStates(groupId, known.get(i), result -> gather.put(index, result));
      }
    }

    @Override
    public void refuse(ErrorCode error) {
      answer.accept(Changed.refused(error));
    }

    @Override
    public boolean alone() {
      return true;
    }
  }
}
