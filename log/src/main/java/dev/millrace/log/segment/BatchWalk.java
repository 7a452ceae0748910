package dev.millrace.log.segment;

import dev.millrace.base.disk.DiskFile;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Goes from batch to batch in a file by their headers. Memory is taken for the read-ahead only,
 * whatever a header claims. Belongs to one thread.
 */
public final class BatchWalk {
  /** Read-ahead that suits a lookup, bytes. */
  public static final int LOOKUP_BYTES = 4096;

  /** Read-ahead that suits a scan of everything, bytes. */
  public static final int SCAN_BYTES = 256 * 1024;

  /** What a lookup reads first: it is mostly over after one or two batches. */
  private static final int FIRST_BYTES = 256;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int CRC_STARTS_AT = 21;

  private final DiskFile file;
  private final int limit;
  private final int readAheadBytes;
  private ByteBuffer window;
  private long windowAt;
  private int position;
  private int sizeBytes;
  private @Nullable RecordBatch header;
  private @Nullable String fault;

  /**
   * Walks the batches of a part of a file.
   *
   * @param from position of the first batch
   * @param limit position behind the last one
   * @param readAheadBytes how much to read at once
   */
  public BatchWalk(DiskFile file, int from, int limit, int readAheadBytes) {
    this.file = file;
    this.position = from;
    this.limit = limit;
    this.readAheadBytes = Math.max(readAheadBytes, RecordBatch.HEADER_BYTES);
    this.window = NOTHING;
  }

  /**
   * Moves to the next batch. Returns false at the limit, and where no whole batch is: then there is
   * a {@link #fault}.
   */
  public boolean next() {
    position += sizeBytes;
    sizeBytes = 0;
    header = null;
    if (position >= limit || fault != null) {
      return false;
    }
    if (limit - position < RecordBatch.HEADER_BYTES) {
      fault = "batch header is cut short";
      return false;
    }
    if (!load(position, RecordBatch.HEADER_BYTES)) {
      fault = "file ends in a batch header";
      return false;
    }
    try {
      RecordBatch next = RecordBatch.at(window, (int) (position - windowAt));
      if (next.sizeBytes() > limit - position) {
        fault = "batch is cut short";
      } else if (next.lastOffsetDelta() < 0) {
        fault = "last offset delta is negative";
      } else {
        header = next;
        sizeBytes = next.sizeBytes();
      }
    } catch (CorruptRecordsException corrupt) {
      fault = corrupt.getMessage();
    }
    return header != null;
  }

  /** Whether the last move found a batch. */
  public boolean isAtBatch() {
    return header != null;
  }

  /** Position of the batch, or where the walk ended. */
  public int position() {
    return position;
  }

  /** Why there is no next batch before the limit; null at a clean end. */
  public @Nullable String fault() {
    return fault;
  }

  /** The batch's header; valid until the next move. Its records must not be read from it. */
  public RecordBatch header() {
    if (header == null) {
      throw new IllegalStateException("walk is at no batch, position=" + position);
    }
    return header;
  }

  /** Where the batch is; stays right after the next move. */
  public BatchPlace place() {
    RecordBatch batch = header();
    return new BatchPlace(batch.baseOffset(), batch.lastOffset(), position, sizeBytes);
  }

  /** Whether the batch's CRC is right. */
  public boolean isIntact() {
    int stored = header().crc();
    CRC32C crc = new CRC32C();
    int at = position + CRC_STARTS_AT;
    int end = position + sizeBytes;
    while (at < end) {
      int run = Math.min(end - at, window.capacity());
      if (!load(at, Math.min(run, 1))) {
        return false;
      }
      int within = (int) (at - windowAt);
      int there = Math.min(run, window.limit() - within);
      crc.update(window.slice(within, there));
      at += there;
    }
    reload();
    return (int) crc.getValue() == stored;
  }

  /** The batch with its records, in memory of its own. */
  public RecordBatch whole() {
    header();
    ByteBuffer bytes = ByteBuffer.allocate(sizeBytes);
    file.read(bytes, position);
    return RecordBatch.at(bytes.flip());
  }

  /** The header is a view of the window, which has moved on. */
  private void reload() {
    if (load(position, RecordBatch.HEADER_BYTES)) {
      header = RecordBatch.at(window, (int) (position - windowAt));
    }
  }

  /** Has {@code bytes} bytes from {@code at} in the window; false when the file ends before. */
  private boolean load(long at, int bytes) {
    if (at < windowAt || at + bytes > windowAt + window.limit()) {
      makeRoom(at);
      int wanted = (int) Math.min(window.capacity(), limit - at);
      window.clear().limit(Math.max(wanted, bytes));
      file.read(window, at);
      window.flip();
      windowAt = at;
    }
    return at + bytes <= windowAt + window.limit();
  }

  /** The read-ahead is worth its memory where batches lie close together. */
  private void makeRoom(long at) {
    boolean isFirst = window.capacity() == 0;
    boolean isClose = at < windowAt + readAheadBytes;
    if (isFirst && readAheadBytes <= LOOKUP_BYTES) {
      window = ByteBuffer.allocate(Math.min(readAheadBytes, FIRST_BYTES));
    } else if (isFirst || (isClose && window.capacity() < readAheadBytes)) {
      window = ByteBuffer.allocate(readAheadBytes);
    }
  }
}
