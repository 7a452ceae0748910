package dev.millrace.log.clean;

import dev.millrace.log.segment.BatchPlace;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The first half of a compaction: notes the latest offset of every key that records have from an
 * offset on, until the keys' memory is full. Markers and aborted records have no keys, nor have
 * batches whose records are not what the header says. Belongs to one thread.
 */
final class KeyScan {
  private final List<Source> sources;
  private final long from;
  private final long end;
  private final KeyOffsets keys;
  private final BatchReader reader;
  private final CleanLog log;
  private final DecidedTransactions transactions = new DecidedTransactions();

  /** Records of a batch that are held back until the batch is known to be sound. */
  private final BatchKeys held;

  private int next;
  private boolean isInSource;
  private long mappedEnd;
  private boolean isFull;

  /**
   * @param sources that hold the records from {@code from} to below {@code end}
   */
  KeyScan(
      List<Source> sources,
      long from,
      long end,
      KeyOffsets keys,
      BatchReader reader,
      CleanLog log) {
    this.sources = sources;
    this.from = from;
    this.end = end;
    this.keys = keys;
    this.reader = reader;
    this.log = log;
    this.held = new BatchKeys(keys);
    this.mappedEnd = end;
  }

  /** Below it every key is noted; once {@link #step} has returned false. */
  long mappedEnd() {
    return mappedEnd;
  }

  /**
   * Goes on over about so many bytes.
   *
   * @return whether there is more to do
   */
  boolean step(long bytes) {
    long left = bytes;
    while (left > 0 && !isFull) {
      if (!isInSource && !enter()) {
        return false;
      }
      RecordBatch batch = reader.next();
      if (batch == null) {
        isInSource = false;
      } else {
        left -= batch.sizeBytes();
        take(batch);
      }
    }
    return !isFull;
  }

  private boolean enter() {
    if (next == sources.size()) {
      return false;
    }
    Source source = sources.get(next++);
    int limit = source.segment().sizeBytes();
    BatchPlace first = source.segment().find(from, limit);
    reader.begin(source.segment().file(), first == null ? limit : first.position(), limit);
    long upTo = Math.min(source.endOffset(), end);
    transactions.expect(log.aborted(Math.max(source.segment().baseOffset(), from), upTo));
    isInSource = true;
    return true;
  }

  private void take(RecordBatch batch) {
    if (batch.baseOffset() >= end || batch.isControl() || transactions.isAborted(batch)) {
      return;
    }
    held.clear();
    boolean isHeld = batch.recordCount() <= BatchKeys.RECORDS_MAX;
    try {
      if (!isHeld) {
        checkSound(batch);
      }
      try (RecordCursor records = batch.records()) {
        while (!isFull && records.next()) {
          take(records, isHeld);
        }
      }
    } catch (CorruptRecordsException malformed) {
      return;
    }
    int noted = keys.put(held);
    if (noted < held.count()) {
      full(held.offset(noted));
    }
  }

  private static void checkSound(RecordBatch batch) {
    try (RecordCursor records = batch.records()) {
      boolean isMore = true;
      while (isMore) {
        isMore = records.next();
      }
    }
  }

  private void take(RecordCursor record, boolean isHeld) {
    ByteBuffer key = record.lentKey();
    if (key == null || record.offset() < from || record.offset() >= end) {
      return;
    }
    if (isHeld) {
      held.add(key, record.offset());
    } else if (!keys.put(key, record.offset())) {
      full(record.offset());
    }
  }

  private void full(long offset) {
    isFull = true;
    mappedEnd = offset;
  }
}
