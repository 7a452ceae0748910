package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;

/** Errors of an append, as clients of a coordinator may see them. */
final class AppendErrors {
  private AppendErrors() {}

  /**
   * Clients of a coordinator retry on three codes only: loading, not available, not here. What a
   * partition says about itself is one of these to them.
   */
  static ErrorCode forClients(ErrorCode error) {
    return switch (error) {
      case UNKNOWN_TOPIC_OR_PARTITION,
          NOT_ENOUGH_REPLICAS,
          NOT_ENOUGH_REPLICAS_AFTER_APPEND,
          REQUEST_TIMED_OUT ->
          ErrorCode.COORDINATOR_NOT_AVAILABLE;
      case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH ->
          ErrorCode.NOT_COORDINATOR;
      case NETWORK_EXCEPTION -> ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
      case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE ->
          ErrorCode.UNKNOWN_SERVER_ERROR;
      default -> error;
    };
  }
}
