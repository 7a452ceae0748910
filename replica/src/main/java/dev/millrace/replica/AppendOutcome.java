package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;

/** What became of an append in the log of this node. */
public sealed interface AppendOutcome {

  /**
   * The batch is in the log, or was there before: the duplicate of an idempotent producer gets the
   * offsets of the original.
   *
   * @param endOffset the offset after its last record: the append is committed when the high
   *     watermark is there
   * @param logAppendTimeMs the leader's time that the records carry, or -1 when they carry their
   *     own
   */
  record Appended(long baseOffset, long endOffset, long logAppendTimeMs, long logStartOffset)
      implements AppendOutcome {}

  /** The batch is not in the log. */
  record Refused(ErrorCode error, String message) implements AppendOutcome {}
}
