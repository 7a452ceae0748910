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

  /** The node that is asked. */
  Node node() {
    return node;
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

  /** Why a request about a group as a whole is refused. */
  ErrorCode groupRefusal(String groupId) {
    if (!isOn()) {
      return ErrorCode.UNSUPPORTED_VERSION;
    }
    return groupId.isEmpty() ? ErrorCode.INVALID_GROUP_ID : ErrorCode.NONE;
  }

  /** What a client is told beside an error. */
  static String message(ErrorCode error) {
    return switch (error) {
      case UNSUPPORTED_VERSION -> "share groups are off, raise share.version to use them (KIP-932)";
      case SHARE_SESSION_LIMIT_REACHED ->
          "too many share sessions, see group.share.max.share.sessions";
      case SHARE_SESSION_NOT_FOUND -> "there is no such share session, open one with epoch 0";
      case INVALID_SHARE_SESSION_EPOCH -> "epoch of the share session is not the next one";
      case GROUP_ID_NOT_FOUND -> "there is no such share group";
      case NON_EMPTY_GROUP -> "group has members, stop them first";
      case UNKNOWN_TOPIC_OR_PARTITION -> "topic is not there, or not read by the group";
      case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS ->
          "coordinator is not here or not ready, try again";
      default -> "request is not valid";
    };
  }
}
