package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;

/**
 * Where a leader epoch ends in a log.
 *
 * @param epoch the largest epoch that is not above the one asked for; -1 when there is none
 * @param endOffset the first offset of the epoch after it, or the log end; -1 when there is none
 */
public record EpochEnd(ErrorCode error, int epoch, long endOffset) {
  /** No answer. */
  public static EpochEnd failed(ErrorCode error) {
    return new EpochEnd(error, -1, -1);
  }
}
