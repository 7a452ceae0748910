package dev.millrace.replica;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.log.LeaderEpochs;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadResult;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of one partition's log, for consumers and for followers. Safe for any thread. */
final class Reads {
  /** So many recent bytes or fewer are copied: the answer then leaves with one system call. */
  private static final int INLINE_BYTES_MAX = WireWriter.COPIED_BYTES_MAX;

  private final PartitionLog log;
  private final RecentBytes recent;

  Reads(PartitionLog log, RecentBytes recent) {
    this.log = log;
    this.recent = recent;
  }

  /**
   * Why nothing is read: the reader's log is no prefix of this one, or it is not known whether it
   * is. Null when it is one, or when the reader does not say which epoch it has read last.
   */
  @Nullable ReadOutcome objection(ReadQuery query, Bounds now) {
    int epoch = query.lastFetchedEpoch();
    if (epoch == ReadQuery.NO_EPOCH) {
      return null;
    }
    LeaderEpochs.End end = log.epochEnd(epoch);
    if (end.epoch() == LeaderEpochs.UNKNOWN || query.offset() < now.logStartOffset()) {
      return new ReadOutcome.Failed(ErrorCode.OFFSET_OUT_OF_RANGE);
    }
    return end.endOffset() < query.offset() || end.epoch() != epoch
        ? new ReadOutcome.Diverged(now, end.epoch(), end.endOffset())
        : null;
  }

  /** Reads below {@code end}. */
  ReadOutcome read(ReadQuery query, Bounds now, long end) {
    return switch (log.read(query.offset(), query.bytesMax(), query.oneBatchAtLeast(), end)) {
      case ReadResult.Batches found -> found(query, now, found);
      case ReadResult.Nothing _ ->
          new ReadOutcome.Found(
              now, RecordBytes.EMPTY, query.committedOnly() ? List.of() : null, true);
      case ReadResult.OutOfRange _ -> new ReadOutcome.Failed(ErrorCode.OFFSET_OUT_OF_RANGE);
      case ReadResult.Failed failed -> new ReadOutcome.Failed(failed.error());
    };
  }

  private ReadOutcome found(ReadQuery query, Bounds now, ReadResult.Batches found) {
    FileRegion region = found.region();
    long upTo = Math.min(found.upToOffset(), now.lastStableOffset());
    List<ReadOutcome.AbortedTransaction> aborted =
        query.committedOnly() ? aborted(query.offset(), upTo) : null;
    boolean isRecent = recent.isRecent(found.baseOffset());
    if (!isRecent || region.length() > INLINE_BYTES_MAX) {
      return new ReadOutcome.Found(now, RecordBytes.of(region), aborted, isRecent);
    }
    try {
      ByteBuffer bytes = ByteBuffer.allocate(region.length());
      region.file().read(bytes, region.position());
      return new ReadOutcome.Found(now, RecordBytes.of(bytes.flip()), aborted, true);
    } catch (DiskException fault) {
      return new ReadOutcome.Failed(ErrorCode.KAFKA_STORAGE_ERROR);
    }
  }

  private List<ReadOutcome.AbortedTransaction> aborted(long from, long to) {
    return log.abortedTransactions(from, to).stream()
        .map(one -> new ReadOutcome.AbortedTransaction(one.producerId(), one.firstOffset()))
        .toList();
  }
}
