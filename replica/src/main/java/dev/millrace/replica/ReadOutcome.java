package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a read of a partition gave. */
public sealed interface ReadOutcome {

  /**
   * Records, or none when there is nothing between the offset and the end.
   *
   * @param bounds of the moment of the read
   * @param records whole batches from the one that holds the offset on; the last one may be cut
   * @param aborted transactions whose records among these must be skipped; null when the reader did
   *     not ask for committed records only
   * @param recent whether the bytes were appended lately, so that sending them waits on no disk
   */
  record Found(
      Bounds bounds,
      RecordBytes records,
      @Nullable List<AbortedTransaction> aborted,
      boolean recent)
      implements ReadOutcome {}

  /**
   * The reader's log is not a prefix of this one: it must cut its own back (KIP-595).
   *
   * @param epoch the largest epoch here that is not above the reader's
   * @param endOffset where that epoch ends here
   */
  record Diverged(Bounds bounds, int epoch, long endOffset) implements ReadOutcome {}

  /** The read is refused. */
  record Failed(ErrorCode error) implements ReadOutcome {}

  /** A transaction that was aborted, and where its first record is. */
  record AbortedTransaction(long producerId, long firstOffset) {}
}
