package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupClient;
import dev.millrace.coordinator.group.ShareGroupFront;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;

/**
 * ShareGroupHeartbeat (76), version 1: a member of a share group comes, stays or goes (KIP-932).
 */
final class ShareGroupHeartbeatHandler implements Handler<ShareGroupHeartbeatRequest> {
  private final ShareAccess access;
  private final ShareGroupFront groups;

  ShareGroupHeartbeatHandler(ShareAccess access, ShareGroupFront groups) {
    this.access = access;
    this.groups = groups;
  }

  @Override
  public ApiKey key() {
    return ApiKey.SHARE_GROUP_HEARTBEAT;
  }

  @Override
  public void handle(Call call, ShareGroupHeartbeatRequest request) {
    if (access.isOn()) {
      groups.heartbeat(request, new GroupClient(call.clientId(), call.clientHost()), call::answer);
    } else {
      call.answer(
          ShareGroupHeartbeatResponse.builder().errorCode(ErrorCode.UNSUPPORTED_VERSION).build());
    }
  }
}
