package dev.millrace.replica;

import dev.millrace.log.PartitionLog;

/**
 * How far a partition can be read, and who waits for it to be more. It never goes back, but for a
 * copy whose leader was elected without having everything.
 *
 * <p>Guarded by the partition's lock, but for {@link #bounds}, which anyone reads.
 */
final class HighWatermark {
  private PartitionLog log;
  private final ByteMarks marks = new ByteMarks();
  private final ReadWaits reads = new ReadWaits();
  private volatile Bounds bounds;

  /**
   * The watermark of a log.
   *
   * @param known a lower bound from a former life
   */
  HighWatermark(PartitionLog log, long known) {
    this.log = log;
    long start = log.startOffset();
    long at = Math.clamp(known, start, log.endOffset());
    this.bounds = new Bounds(start, at, log.lastStableOffset(at), 0, 0);
  }

  /** Goes on with a log that has the same records, and begins later at most. */
  void movedTo(PartitionLog next) {
    log = next;
  }

  /** As published last. Safe for any thread. */
  Bounds bounds() {
    return bounds;
  }

  long offset() {
    return bounds.highWatermark();
  }

  /** Bytes that were appended since the partition was opened; counts up only. */
  long appendedBytes() {
    return marks.appendedBytes();
  }

  /** The counter that belongs to what a reader stops at. */
  long bytes(ReadWaits.Until until) {
    return switch (until) {
      case HIGH_WATERMARK -> bounds.readableBytes();
      case LAST_STABLE_OFFSET -> bounds.committedBytes();
      case LOG_END -> marks.appendedBytes();
    };
  }

  /** The log grew. */
  void appended(long endOffset, int bytes) {
    marks.appended(endOffset, bytes);
    reads.grew(ReadWaits.Until.LOG_END, bytes);
  }

  /**
   * Moves to an offset, when that is further on.
   *
   * @return whether anything moved
   */
  boolean raise(long offset) {
    Bounds before = bounds;
    long at = Math.max(offset, before.highWatermark());
    log.committed(at);
    long stable = Math.max(log.lastStableOffset(at), before.lastStableOffset());
    if (at == before.highWatermark() && stable == before.lastStableOffset()) {
      return false;
    }
    long readable = marks.passed(at);
    long committed = committedBytes(before, at, stable, readable);
    bounds = new Bounds(log.startOffset(), at, stable, readable, committed);
    tellReaders(before, bounds);
    return true;
  }

  /** The log start moved. */
  void trimmed() {
    Bounds now = bounds;
    long start = log.startOffset();
    bounds =
        new Bounds(
            start,
            Math.max(now.highWatermark(), start),
            Math.max(now.lastStableOffset(), start),
            now.readableBytes(),
            now.committedBytes());
    if (start > now.logStartOffset()) {
      reads.committed();
    }
  }

  /** The log was cut at its end, or begun anew. */
  void cut() {
    Bounds now = bounds;
    long end = log.endOffset();
    long start = log.startOffset();
    long at = Math.clamp(now.highWatermark(), start, end);
    long stable = Math.clamp(now.lastStableOffset(), start, at);
    marks.cut(end);
    bounds = new Bounds(start, at, stable, now.readableBytes(), now.committedBytes());
    reads.disturb();
  }

  void add(ReadWaits.Wait wait) {
    reads.add(wait);
  }

  void remove(ReadWaits.Wait wait) {
    reads.remove(wait);
  }

  /** Tells every reader to look again. */
  void disturb() {
    reads.disturb();
  }

  /** While transactions are open the bytes up to the last stable offset are only guessed at. */
  private static long committedBytes(Bounds before, long at, long stable, long readable) {
    if (stable == at) {
      return Math.max(readable, before.committedBytes());
    }
    return before.committedBytes() + (stable > before.lastStableOffset() ? 1 : 0);
  }

  private void tellReaders(Bounds before, Bounds now) {
    if (reads.size() == 0) {
      return;
    }
    long readable = now.readableBytes() - before.readableBytes();
    if (now.highWatermark() > before.highWatermark()) {
      reads.grew(ReadWaits.Until.HIGH_WATERMARK, Math.max(readable, 1));
      reads.committed();
    }
    if (now.lastStableOffset() > before.lastStableOffset()) {
      reads.grew(
          ReadWaits.Until.LAST_STABLE_OFFSET,
          Math.max(now.committedBytes() - before.committedBytes(), 1));
    }
    boolean hadRecords = before.highWatermark() > before.logStartOffset();
    if (hadRecords && log.isBeforeActiveSegment(before.highWatermark() - 1)) {
      reads.disturb();
    }
  }
}
