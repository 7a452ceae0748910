package dev.millrace.log.clean;

import dev.millrace.base.disk.DiskFile;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Whole batches of a file, one after the other, in a buffer that is used again and again. It grows
 * only for a batch that is larger and really there. Belongs to one thread.
 */
final class BatchReader {
  private final int bufferBytes;
  private ByteBuffer buffer;
  private @Nullable DiskFile file;
  private long bufferAt;
  private int position;
  private int nextPosition;
  private int limit;
  private long bytesRead;

  /**
   * @param bufferBytes how much is read at once
   */
  BatchReader(int bufferBytes) {
    this.bufferBytes = Math.max(bufferBytes, RecordBatch.HEADER_BYTES);
    this.buffer = ByteBuffer.allocate(this.bufferBytes).limit(0);
  }

  /** Goes to another file, or another place in it: batches from one position to another. */
  void begin(DiskFile source, int from, int to) {
    file = source;
    position = from;
    nextPosition = from;
    limit = to;
    bufferAt = from;
    if (buffer.capacity() > bufferBytes) {
      buffer = ByteBuffer.allocate(bufferBytes);
    }
    buffer.clear().limit(0);
  }

  /**
   * The next batch; null at the end. Valid until the next call.
   *
   * @throws CorruptRecordsException when there are bytes that are no batch, or its CRC is wrong
   */
  @Nullable RecordBatch next() {
    position = nextPosition;
    if (position >= limit) {
      return null;
    }
    load(Math.min(RecordBatch.HEADER_BYTES, limit - position));
    RecordBatch batch = RecordBatch.at(buffer, (int) (position - bufferAt));
    int bytes = batch.sizeBytes();
    if (bytes > limit - position || batch.lastOffsetDelta() < 0) {
      throw new CorruptRecordsException("batch is cut short or has a negative offset delta");
    }
    load(bytes);
    batch = RecordBatch.at(buffer, (int) (position - bufferAt));
    if (!batch.isWhole() || !batch.isIntact()) {
      throw new CorruptRecordsException("batch has a wrong crc, offset=" + batch.baseOffset());
    }
    nextPosition = position + bytes;
    return batch;
  }

  /** Position of the batch that was given last. */
  int position() {
    return position;
  }

  /** Position behind the batch that was given last. */
  int nextPosition() {
    return nextPosition;
  }

  /** Whether the batch that was given last is the last one. */
  boolean isAtLast() {
    return nextPosition >= limit;
  }

  /** Bytes read from files since the last time this was asked. */
  long takeBytesRead() {
    long bytes = bytesRead;
    bytesRead = 0;
    return bytes;
  }

  /** Has this many bytes from the position on in the buffer, as far as the file has them. */
  private void load(int bytes) {
    DiskFile source = file;
    int within = (int) (position - bufferAt);
    if (source == null || within + bytes <= buffer.limit()) {
      return;
    }
    int kept = Math.max(buffer.limit() - within, 0);
    ByteBuffer target = bytes > buffer.capacity() ? ByteBuffer.allocate(bytes) : buffer;
    if (kept > 0) {
      target.put(0, buffer, within, kept);
    }
    int wanted = Math.min(target.capacity() - kept, limit - position - kept);
    target.clear().position(kept).limit(kept + wanted);
    bytesRead += source.read(target, (long) position + kept);
    buffer = target.flip();
    bufferAt = position;
  }
}
