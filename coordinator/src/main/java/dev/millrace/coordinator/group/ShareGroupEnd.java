package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.sharegroup.ShareDraft;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.wire.ErrorCode;

/** The last of a share group whose states are deleted. */
record ShareGroupEnd(String groupId, Answer<ErrorCode> answer) implements Command<GroupMachine> {
  @Override
  public Decision decide(GroupMachine machine) {
    ShareGroup group = machine.shares().find(groupId);
    if (group == null || !group.members().isEmpty()) {
      answer.give(group == null ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP);
      return Decision.NOTHING;
    }
    ShareDraft draft = new ShareDraft(group);
    draft.removeAll();
    return Decision.write(draft.records(), answer::give);
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(error);
  }

  @Override
  public boolean alone() {
    return true;
  }
}
