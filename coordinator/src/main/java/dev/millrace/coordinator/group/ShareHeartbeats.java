package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.sharegroup.ShareBeat;
import dev.millrace.coordinator.sharegroup.ShareDraft;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.sharegroup.ShareMember;
import dev.millrace.coordinator.sharegroup.ShareMembership;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import org.jspecify.annotations.Nullable;

/** ShareGroupHeartbeat: members of share groups come, stay and go (KIP-932). */
final class ShareHeartbeats implements Command<GroupMachine> {
  private final ShareBeat beat;
  private final String groupId;
  private final Answer<ShareGroupHeartbeatResponse> answer;

  ShareHeartbeats(ShareBeat beat, Answer<ShareGroupHeartbeatResponse> answer) {
    this.beat = beat;
    this.groupId = beat.request().groupId();
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    ShareDraft draft = draft(machine);
    if (draft == null) {
      return Decision.NOTHING;
    }
    ShareGroupHeartbeatResponse response = machine.shares().membership(draft).take(beat);
    if (response.errorCode() != ErrorCode.NONE.code() || draft.records().isEmpty()) {
      reply(machine, response);
      return Decision.NOTHING;
    }
    return Decision.write(
        draft.records(),
        error -> {
          if (error == ErrorCode.NONE) {
            reply(machine, response);
          } else {
            refuse(error);
          }
        });
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(ShareGroupHeartbeatResponse.builder().errorCode(error).build());
  }

  private void reply(GroupMachine machine, ShareGroupHeartbeatResponse response) {
    ShareGroup group = machine.shares().find(groupId);
    ShareMember member = group == null ? null : group.member(beat.request().memberId());
    if (member != null && response.errorCode() == ErrorCode.NONE.code() && !beat.leaves()) {
      machine.shares().heardOf(groupId, member);
    }
    answer.give(response);
  }

  /** The group, or a new one for who joins it. Null when the answer is given. */
  private @Nullable ShareDraft draft(GroupMachine machine) {
    boolean joins = beat.request().memberEpoch() == 0;
    ShareGroup group = machine.shares().find(groupId);
    ShareDraft draft =
        group != null ? new ShareDraft(group) : joins ? begin(machine, groupId) : null;
    if (draft == null) {
      answer.give(
          ShareMembership.refused(
              new Refusal(
                  ErrorCode.GROUP_ID_NOT_FOUND, "there is no such share group, group=" + groupId)));
    }
    return draft;
  }

  /** A new group, or null when its id belongs to one of another kind. */
  static @Nullable ShareDraft begin(GroupMachine machine, String groupId) {
    ClassicGroup classic = machine.find(groupId);
    if (classic != null) {
      machine.dropIfVoid(classic);
    }
    return machine.consumers().find(groupId) == null
            && machine.streams().find(groupId) == null
            && machine.find(groupId) == null
        ? new ShareDraft(ShareGroup.empty(groupId))
        : null;
  }
}
