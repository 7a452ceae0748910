package dev.millrace.log;

import dev.millrace.wire.ErrorCode;

/** What became of an append. */
public sealed interface AppendResult {
  /** No time: the topic keeps the times of its producers. */
  long NO_TIME = -1;

  /** The place of records that are in the log is not known. */
  long NO_OFFSET = -1;

  /**
   * The batches are in the log (in the page cache; see {@link PartitionLog#durableEnd}).
   *
   * @param baseOffset of the first record
   * @param endOffset the offset after the last record; what the acknowledgement waits for
   * @param appendTimeMs the time that was written into the batches, or {@link #NO_TIME}
   * @param startOffset start of the log
   */
  record Appended(long baseOffset, long endOffset, long appendTimeMs, long startOffset)
      implements AppendResult {}

  /**
   * The batch was in the log already. It is acknowledged as the original was: when {@code
   * endOffset} is committed.
   *
   * @param baseOffset of the original, or {@link #NO_OFFSET}
   * @param endOffset the offset after the original's last record
   * @param timestampMs the original's highest timestamp
   * @param startOffset start of the log
   */
  record Duplicate(long baseOffset, long endOffset, long timestampMs, long startOffset)
      implements AppendResult {}

  /** Nothing was written. */
  record Refused(ErrorCode error, String message) implements AppendResult {}
}
