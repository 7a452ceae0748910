package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;

/** A decision on its way to the log. */
final class Write {
  private final String lane;
  private final Decision decision;
  private ErrorCode failure = ErrorCode.NONE;

  Write(String lane, Decision decision) {
    this.lane = lane;
    this.decision = decision;
  }

  String lane() {
    return lane;
  }

  Decision decision() {
    return decision;
  }

  /** One of its batches was not written; the first reason counts. */
  void fail(ErrorCode error) {
    if (failure == ErrorCode.NONE) {
      failure = error;
    }
  }

  /** Why it was not written as a whole, or {@link ErrorCode#NONE}. */
  ErrorCode failure() {
    return failure;
  }
}
