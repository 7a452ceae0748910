package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How far a log is on disk, and what makes it so: a sync of its files, or the directory's flush
 * journal, whose entries stand for the files until those are settled.
 *
 * <p>Two locks in front of the log's short one. Settling is held while files are synced that the
 * journal stands for, flushing from taking over unsynced bytes until they are on disk; a round of
 * group sync takes the flushing locks of many logs, so whoever holds one waits for nothing but the
 * disk.
 */
final class LogFlushing {
  /** After so long a disk that was full is tried again, ms. */
  private static final long RETRY_MS = 1000;

  private final PartitionLog log;
  private final ReentrantLock settling = new ReentrantLock();
  private final ReentrantLock flushing = new ReentrantLock();
  private final UnsettledFiles unsettled = new UnsettledFiles();
  private final AtomicBoolean requested = new AtomicBoolean();
  private volatile long flushedEnd;
  private volatile long flushedAtMs;

  /** Where {@link #flushedEnd} is; null when that is not known. Belongs to the log's lock. */
  private @Nullable FlushPoint flushed;

  /** Whether unsynced bytes may be so old that the system has tried to write them by itself. */
  private volatile boolean hasOldWrites;

  /**
   * @param flushedEnd below it everything is on disk
   */
  LogFlushing(PartitionLog log, long flushedEnd) {
    this.log = log;
    this.flushedEnd = flushedEnd;
    this.flushedAtMs = log.context().clock().wallMs();
    policy(log.settings().flush().policy());
  }

  /** Says how the log is flushed from now on. */
  void policy(FlushPolicy policy) {
    hasOldWrites |= policy == FlushPolicy.MEMORY;
  }

  /** Has every flush sync the log's own files, which may get other names. */
  void keepOutOfJournal() {
    hasOldWrites = true;
  }

  /**
   * Gives the log's directory another name while nothing is flushed.
   *
   * @param rename of the directory, on disk
   */
  void rename(Path next, Runnable rename) {
    settling.lock();
    flushing.lock();
    try {
      rename.run();
      log.files().movedTo(next);
    } finally {
      flushing.unlock();
      settling.unlock();
    }
  }

  /** After a flush: what comes from now on may be journaled. */
  void returnToJournal() {
    hasOldWrites = log.settings().flush().policy() == FlushPolicy.MEMORY;
  }

  /** Below it every record is on disk. */
  long flushedEnd() {
    return flushedEnd;
  }

  /** When it was flushed last, wall-clock ms. */
  long flushedAtMs() {
    return flushedAtMs;
  }

  /** Whether only a sync of its own files tells what became of all its writes. */
  boolean hasOldWrites() {
    return hasOldWrites;
  }

  /** Files with bytes that only the journal has on disk. */
  UnsettledFiles unsettled() {
    return unsettled;
  }

  /** Notes that what was flushed is not there any more from an offset on. Under the log's lock. */
  void flushedOnlyTo(long offset) {
    flushedEnd = Math.min(flushedEnd, offset);
    flushed = null;
  }

  /** Has the log synced soon. */
  void request() {
    boolean isDue = log.endOffset() > flushedEnd && !log.isClosed();
    if (isDue && requested.compareAndSet(false, true)) {
      log.context().sync().request(log);
    }
  }

  /** Syncs everything up to the end. Returns what is flushed, or -1 when that changed meanwhile. */
  long flush() {
    Unsynced work = beginFlush();
    try {
      return work == null ? -1 : sync(work);
    } finally {
      endFlush();
    }
  }

  /** Syncs what {@link #beginFlush} gave, file by file. Returns what {@link #flush} does. */
  long sync(Unsynced work) {
    work.sync(log.files());
    if (!work.write(log.files())) {
      putBack(work);
      return -1;
    }
    return finishFlush(work);
  }

  /**
   * Bytes to flush that the journal may take, or -1 when there are none or files must be synced.
   */
  int journalableBytes() {
    log.lock().lock();
    try {
      FlushJournal.Piece piece = log.isClosed() ? null : piece(log.tail().unsynced());
      return piece == null ? -1 : piece.to().position() - piece.from().position();
    } finally {
      log.lock().unlock();
    }
  }

  /** What the journal may take instead of a sync; null when it may not. While flushing. */
  FlushJournal.@Nullable Piece piece(Unsynced work) {
    FlushPoint from = flushed;
    if (from == null
        || from.segment() != work.end().segment()
        || from.position() >= work.end().position()
        || !work.isOnlyOf(from.segment())
        || hasOldWrites) {
      return null;
    }
    return new FlushJournal.Piece(log, from, work.end());
  }

  /**
   * Notes that what {@link #beginFlush} gave is in the journal. Returns what {@link #flush} does.
   */
  long finishJournaled(Unsynced work) {
    return noteFlushed(work) ? flushedEnd : -1;
  }

  /** Syncs the files that the journal stands for. To be called from the settler or a keeper. */
  void settle() {
    Settlement.Part part = beginSettle();
    try {
      part.sync();
      noteSettled(part);
    } finally {
      part.release();
      endSettle();
    }
  }

  /**
   * Takes over what {@link #settle} syncs, for the caller to sync; {@link #endSettle} must follow.
   */
  Settlement.Part beginSettle() {
    settling.lock();
    long end = flushedEnd; // before the files are taken: what is below is in one of them
    return new Settlement.Part(log, end, unsettled.take());
  }

  /** Notes that the files of a part are synced. */
  void noteSettled(Settlement.Part part) {
    if (!part.files().isEmpty() && !log.isClosed()) {
      log.context().checkpoints().flushed(log.context(), part.durableEnd());
    }
  }

  void endSettle() {
    settling.unlock();
  }

  /**
   * Does what the journal knows nothing of: nothing that it holds of this log is put back after a
   * crash, and nothing is flushed meanwhile. May block on the disk.
   */
  void withoutJournal(Runnable change) {
    while (true) {
      FlushJournal journal;
      settling.lock();
      flushing.lock();
      try {
        journal = log.context().sync().journal().now();
        if (journal == null || isForgotten(journal)) {
          change.run();
          return;
        }
      } finally {
        flushing.unlock();
        settling.unlock();
      }
      journal.settleOlder();
      DiskException fault = log.context().health().fault();
      if (fault != null) {
        throw fault;
      }
    }
  }

  private boolean isForgotten(FlushJournal journal) {
    if (!log.isClosed() && journal.holds(log)) {
      settle();
    }
    return journal.forget(log);
  }

  /**
   * Takes over what is not synced, for the caller to sync, and excludes other flushes: what one has
   * taken over, another must not take for synced. {@link #endFlush} must follow in any case.
   *
   * @return null when the log is closed
   */
  @Nullable Unsynced beginFlush() {
    flushing.lock();
    requested.set(false);
    return unsynced();
  }

  /** Notes that what {@link #beginFlush} gave is on disk. Returns what {@link #flush} does. */
  long finishFlush(Unsynced work) {
    if (!noteFlushed(work)) {
      return -1;
    }
    log.context().checkpoints().flushed(log.context(), flushedEnd);
    return flushedEnd;
  }

  /** Returns whether the log is still the one that the work was taken of. */
  private boolean noteFlushed(Unsynced work) {
    log.lock().lock();
    try {
      if (log.isClosed() || log.tail().generation() != work.generation()) {
        return false;
      }
      flushed = work.end();
      flushedEnd = Math.max(flushedEnd, work.end().offset());
      flushedAtMs = log.context().clock().wallMs();
      return true;
    } finally {
      log.lock().unlock();
    }
  }

  void endFlush() {
    flushing.unlock();
  }

  /** Gives back what could not be written for lack of space; it is tried again later. */
  void putBack(Unsynced work) {
    log.lock().lock();
    try {
      if (!log.isClosed() && log.tail().generation() == work.generation()) {
        log.tail().putBack(work);
        log.context().disk().after(RETRY_MS, this::request);
      }
    } finally {
      log.lock().unlock();
    }
  }

  private @Nullable Unsynced unsynced() {
    log.lock().lock();
    try {
      return log.isClosed() ? null : log.tail().takeUnsynced();
    } finally {
      log.lock().unlock();
    }
  }
}
