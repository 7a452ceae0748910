package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import java.util.List;

/**
 * LeaveGroup (13), versions 0–5: members go, or are taken out by an administrator.
 *
 * <ul>
 *   <li>0–2: one member, whose error is that of the answer
 *   <li>3: several members, each with its own error; static ones by name alone (KIP-345)
 *   <li>5: a reason, which nobody needs here
 * </ul>
 */
final class LeaveGroupHandler implements Handler<LeaveGroupRequest> {
  private static final short SEVERAL_SINCE = 3;

  private final GroupCoordinator coordinator;

  LeaveGroupHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.LEAVE_GROUP;
  }

  @Override
  public void handle(Call call, LeaveGroupRequest request) {
    if (call.version() >= SEVERAL_SINCE) {
      coordinator.leave(request, call::answer);
      return;
    }
    MemberIdentity member = MemberIdentity.builder().memberId(request.memberId()).build();
    coordinator.leave(
        request.toBuilder().members(List.of(member)).build(),
        response -> call.answer(single(response)));
  }

  private static LeaveGroupResponse single(LeaveGroupResponse response) {
    boolean failed = response.errorCode() != 0 || response.members().isEmpty();
    return LeaveGroupResponse.builder()
        .errorCode(failed ? response.errorCode() : response.members().getFirst().errorCode())
        .build();
  }
}
