package dev.millrace.wire.records;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Goes through the batches of a buffer, from its position to its limit, and stops at a batch that
 * is cut short: a fetch answer or a torn log may end with one. The buffer's own position stays.
 * Belongs to one thread.
 */
public final class BatchCursor implements Iterator<RecordBatch> {
  private final ByteBuffer buffer;
  private int position;

  public BatchCursor(ByteBuffer buffer) {
    this.buffer = buffer;
    this.position = buffer.position();
  }

  /** The batches of a buffer, for a {@code for} loop. */
  public static Iterable<RecordBatch> batches(ByteBuffer buffer) {
    return () -> new BatchCursor(buffer);
  }

  /** Index of the first byte after the batches that were given out. */
  public int position() {
    return position;
  }

  /**
   * Whether another whole batch is there.
   *
   * @throws CorruptRecordsException when what comes next cannot be a batch
   */
  @Override
  public boolean hasNext() {
    int left = buffer.limit() - position;
    if (left < RecordBatch.AT_MAGIC + 1) {
      return false;
    }
    RecordBatch.checkMagic(buffer.get(position + RecordBatch.AT_MAGIC));
    int length = buffer.getInt(position + RecordBatch.AT_LENGTH);
    RecordBatch.checkLength(length);
    return length <= left - RecordBatch.LENGTH_OVERHEAD_BYTES;
  }

  @Override
  public RecordBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no whole batch is left, position=" + position);
    }
    RecordBatch batch = RecordBatch.at(buffer, position);
    position += batch.sizeBytes();
    return batch;
  }
}
