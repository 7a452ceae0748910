package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;

/**
 * The offset that belongs to a time.
 *
 * @param offset -1 when there is none, which is no error
 * @param timestampMs of the record at that offset, or -1
 * @param leaderEpoch of the record at that offset, or -1
 */
public record OffsetAnswer(ErrorCode error, long offset, long timestampMs, int leaderEpoch) {
  /** There is no such offset. */
  public static final OffsetAnswer NONE = new OffsetAnswer(ErrorCode.NONE, -1, -1, -1);

  /** No answer. */
  public static OffsetAnswer failed(ErrorCode error) {
    return new OffsetAnswer(error, -1, -1, -1);
  }
}
