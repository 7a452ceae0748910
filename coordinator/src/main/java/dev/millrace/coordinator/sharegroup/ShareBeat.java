package dev.millrace.coordinator.sharegroup;

import dev.millrace.wire.message.ShareGroupHeartbeatRequest;

/**
 * A ShareGroupHeartbeat request and who sent it.
 *
 * @param clientHost its address as tools show it: {@code /127.0.0.1}
 */
public record ShareBeat(ShareGroupHeartbeatRequest request, String clientId, String clientHost) {
  static final int JOIN = 0;
  static final int LEAVE = -1;

  boolean joins() {
    return request.memberEpoch() == JOIN;
  }

  /** Whether the member goes. */
  public boolean leaves() {
    return request.memberEpoch() == LEAVE;
  }
}
