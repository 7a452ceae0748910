package dev.millrace.log.clean;

import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;

/** A segment as it is written by a compaction, through a buffer. Belongs to one thread. */
final class StagedSegment {
  private final Segment segment;
  private final int indexIntervalBytes;
  private final ByteBuffer buffer;
  private long bytesWritten;

  StagedSegment(SegmentFiles files, long baseOffset, CleanRules rules) {
    this.segment = Segment.create(files, baseOffset, SegmentFiles.CLEANED);
    this.indexIntervalBytes = rules.indexIntervalBytes();
    this.buffer = ByteBuffer.allocate(Math.max(rules.bufferBytes(), RecordBatch.HEADER_BYTES));
  }

  /** Adds a batch, the bytes from position to limit. */
  void put(ByteBuffer batch) {
    if (batch.remaining() > buffer.remaining()) {
      flush();
    }
    if (batch.remaining() > buffer.remaining()) {
      write(batch);
    } else {
      buffer.put(batch.duplicate());
    }
  }

  /** The finished segment, on disk but for the names of its files. */
  Segment finish(List<AbortedTransaction> aborted) {
    flush();
    aborted.forEach(segment.transactions()::append);
    segment.sync();
    return segment;
  }

  /** Removes what was written. */
  void discard() {
    segment.delete();
  }

  /** Bytes written since the last time this was asked. */
  long takeBytesWritten() {
    long bytes = bytesWritten;
    bytesWritten = 0;
    return bytes;
  }

  private void flush() {
    write(buffer.flip());
    buffer.clear();
  }

  private void write(ByteBuffer batches) {
    if (!batches.hasRemaining()) {
      return;
    }
    if ((long) segment.sizeBytes() + batches.remaining() > Integer.MAX_VALUE) {
      throw new CorruptRecordsException("compacted segment has become larger than 2 GiB");
    }
    segment.write(batches.duplicate());
    bytesWritten += batches.remaining();
    for (RecordBatch batch : BatchCursor.batches(batches)) {
      segment.note(batch, indexIntervalBytes);
    }
  }
}
