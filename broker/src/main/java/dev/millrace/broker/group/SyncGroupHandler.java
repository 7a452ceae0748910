package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupResponse;

/**
 * SyncGroup (14), versions 0–5: members fetch their assignment, which the leader brings. The answer
 * waits for the leader, and for the assignment to be written.
 *
 * <ul>
 *   <li>3: static members (KIP-345)
 *   <li>5: type and name of the protocol must be there, and right (KIP-559)
 * </ul>
 */
final class SyncGroupHandler implements Handler<SyncGroupRequest> {
  private static final short PROTOCOL_SINCE = 5;

  private final GroupCoordinator coordinator;

  SyncGroupHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.SYNC_GROUP;
  }

  @Override
  public void handle(Call call, SyncGroupRequest request) {
    boolean incomplete = request.protocolType() == null || request.protocolName() == null;
    if (call.version() >= PROTOCOL_SINCE && incomplete) {
      call.answer(
          SyncGroupResponse.builder().errorCode(ErrorCode.INCONSISTENT_GROUP_PROTOCOL).build());
    } else {
      coordinator.sync(request, call::answer);
    }
  }
}
