package dev.millrace.broker.transaction;

import dev.millrace.wire.ErrorCode;

/** Errors in the words of a request's version. */
final class FencedErrors {
  private FencedErrors() {}

  /** Older versions know a fenced producer by its epoch only (KIP-588). */
  static ErrorCode of(ErrorCode error, boolean knowsFenced) {
    return error == ErrorCode.PRODUCER_FENCED && !knowsFenced
        ? ErrorCode.INVALID_PRODUCER_EPOCH
        : error;
  }

  /** Older versions know no transaction that can only be aborted (KIP-890). */
  static ErrorCode abortable(ErrorCode error, boolean knowsAbortable) {
    return error == ErrorCode.TRANSACTION_ABORTABLE && !knowsAbortable
        ? ErrorCode.INVALID_TXN_STATE
        : error;
  }
}
