package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.HeartbeatRequest;

/**
 * Heartbeat (12), versions 0–4: a member is alive, and hears whether it has to join again.
 *
 * <ul>
 *   <li>3: static members (KIP-345)
 * </ul>
 */
final class HeartbeatHandler implements Handler<HeartbeatRequest> {
  private final GroupCoordinator coordinator;

  HeartbeatHandler(GroupCoordinator coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.HEARTBEAT;
  }

  @Override
  public void handle(Call call, HeartbeatRequest request) {
    coordinator.heartbeat(request, call::answer);
  }
}
