package dev.millrace.broker.share;

import dev.millrace.broker.Node;
import dev.millrace.quorum.control.Features;
import dev.millrace.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Whether share groups may be used, and by whom. */
final class ShareAccess {
  private static final int MEMBER_ID_LENGTH_MAX = 1_000;

  private final Node node;

  ShareAccess(Node node) {
    this.node = node;
  }

  /** Whether the cluster has share groups: {@code share.version} is finalized. */
  boolean isOn() {
    return node.image().featureLevel(Features.SHARE_VERSION) > 0;
  }

  /** Why a member's request is refused. */
  ErrorCode refusal(@Nullable String groupId, @Nullable String memberId) {
    if (!isOn()) {
      return ErrorCode.UNSUPPORTED_VERSION;
    }
    boolean named =
        groupId != null
            && !groupId.isEmpty()
            && memberId != null
            && !memberId.isEmpty()
            && memberId.length() <= MEMBER_ID_LENGTH_MAX;
    return named ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST;
  }

  /** What a client is told beside an error. */
  static String message(ErrorCode error) {
    return switch (error) {
      case UNSUPPORTED_VERSION ->
          "share groups are off, finalize share.version 1 to use them (KIP-932)";
      case SHARE_SESSION_LIMIT_REACHED ->
          "too many share sessions, see group.share.max.share.sessions";
      case SHARE_SESSION_NOT_FOUND -> "there is no such share session, open one with epoch 0";
      case INVALID_SHARE_SESSION_EPOCH -> "epoch of the share session is not the next one";
      default -> "request is not valid";
    };
  }
}
