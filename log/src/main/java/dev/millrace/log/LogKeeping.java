package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.RetentionRule.Candidate;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.log.index.TimeIndex;
import dev.millrace.log.producer.Producer;
import dev.millrace.log.producer.ProducerSnapshot;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The slow work on a log: retention, deletion of records, truncation, and what makes the next start
 * quick. One piece of it runs at a time; it takes the partition's short lock only for moments. A
 * full disk makes it leave things as they are, to be tried again. To be called from owners that may
 * block on the disk.
 */
public final class LogKeeping {
  /** So long at least the files of a removed segment stay open, ms. */
  private static final long OPEN_MS_MIN = 60_000;

  private final PartitionLog log;
  private final SegmentFiles files;
  private final Disk disk;
  private final ReentrantLock keeping = new ReentrantLock();
  private long keptEnd;
  private long indexedBelow;

  LogKeeping(PartitionLog log, SegmentFiles files, LogState state) {
    this.log = log;
    this.files = files;
    this.disk = files.disk();
    this.keptEnd = keptBefore(state.endOffset());
    this.indexedBelow = state.segments().getLast().baseOffset();
  }

  /** A recovery point is written only after everything up to it was kept. */
  private long keptBefore(long end) {
    long recoveryPoint = log.context().checkpoints().known(log.context()).recoveryPoint();
    return recoveryPoint == end ? end : DurableMarks.NONE;
  }

  /**
   * Removes the segments that the retention settings give up, and those before the log's start. The
   * files go some time later.
   *
   * @param highWatermark nothing from it on is removed
   * @return number of segments removed
   */
  public int deleteOldSegments(long highWatermark) {
    return guarded(
        () -> {
          LogView view = log.tail().view();
          int count = expired(view, highWatermark);
          return count == 0 ? 0 : removeOldest(count);
        },
        0);
  }

  /**
   * Deletes the records before an offset (KIP-107): the log starts there from now on. Makes it last
   * before it returns. The segments go with the next retention run.
   *
   * @param offset at most the high watermark
   * @return the log's start afterwards, which may be later already
   */
  public long deleteRecords(long offset) {
    return guarded(
        () -> {
          LogTail tail = log.tail();
          log.lock().lock();
          try {
            if (offset > tail.view().endOffset()) {
              throw new IllegalArgumentException(
                  "log cannot start behind its end, offset=" + offset + " log=" + log);
            }
            if (offset > tail.view().startOffset()) {
              tail.advanceStart(offset, tail.view().segments());
            }
          } finally {
            log.lock().unlock();
          }
          saveStart();
          log.context().checkpoints().writeChangedStarts();
          return log.startOffset();
        },
        log.startOffset());
  }

  /**
   * Forgets every record from an offset on, and the batch that holds it: for a follower whose
   * leader has another history.
   *
   * @return whether it was done; otherwise the directory is offline
   */
  public boolean truncateTo(long offset) {
    return guarded(
        () -> {
          if (offset < log.endOffset()) {
            log.flushing().withoutJournal(() -> new LogTruncation(log, files).truncateTo(offset));
            forgetKept();
          }
          return true;
        },
        false);
  }

  /**
   * Forgets everything and goes on at an offset: for a follower that is further back than its
   * leader's log reaches.
   *
   * @return whether it was done; otherwise the directory is offline
   */
  public boolean restartAt(long offset) {
    return guarded(
        () -> {
          log.flushing().withoutJournal(() -> new LogTruncation(log, files).restartAt(offset));
          forgetKept();
          return true;
        },
        false);
  }

  /**
   * Writes down what makes the next start quick: indexes, producers, recovery point. Asks for a
   * sync when something is not flushed; the recovery point follows with the next call.
   */
  void checkpoint() {
    guarded(
        () -> {
          saveStart();
          log.requestSync();
          if (keptEnd != log.endOffset()) {
            keep();
          }
          long kept = Math.min(keptEnd, log.flushedEnd());
          if (kept >= 0) {
            log.context().checkpoints().recoveryPoint(log.partition(), kept);
          }
          return true;
        },
        false);
  }

  /**
   * Makes what a start after a crash needs last, so that it does not have to look at records below
   * an offset: compaction leaves holes among them.
   *
   * @param flushed up to here all is on disk afterwards
   * @return below which offset a start would not look; {@link DurableMarks#NONE} when the disk is
   *     full
   */
  long secure(long offset, long flushed) {
    return guarded(
        () -> {
          DirectoryCheckpoints checkpoints = log.context().checkpoints();
          if (log.flushedEnd() < flushed) {
            log.flushing().flush();
          }
          if (log.flushedEnd() < flushed) {
            return DurableMarks.NONE;
          }
          if (checkpoints.known(log.context()).recoveryPoint() < offset) {
            saveStart();
            keep();
            long kept = Math.min(keptEnd, log.flushedEnd());
            checkpoints.recoveryPoint(log.partition(), kept);
          }
          checkpoints.write();
          return checkpoints.known(log.context()).recoveryPoint();
        },
        DurableMarks.NONE);
  }

  /**
   * Puts a compacted segment in the place of those that it was made of, so that it lasts. A crash
   * at any moment leaves the one or the others: {@link SegmentSwap}.
   *
   * @param generation of the log when the compaction began
   * @return false when the log has changed meanwhile, or the directory is offline
   */
  boolean exchange(List<Segment> old, Segment fresh, int generation) {
    return guarded(
        () -> {
          LogTail tail = log.tail();
          List<Segment> all = Arrays.asList(tail.view().segments());
          if (tail.generation() != generation || Collections.indexOfSubList(all, old) < 0) {
            return false;
          }
          try {
            old.forEach(Segment::pin);
            log.flushing().withoutJournal(() -> decide(fresh));
            publish(old, fresh);
          } catch (DiskException halfway) {
            log.context().health().fail(halfway);
            throw halfway;
          }
          removeLater(old);
          return true;
        },
        false);
  }

  /**
   * Notes, so that it lasts, that every key has one record below an offset.
   *
   * @return false when the log was closed meanwhile, or the disk is full
   */
  boolean cleaned(long end) {
    return guarded(
        () -> {
          log.context().checkpoints().cleaned(log.partition(), end);
          return true;
        },
        false);
  }

  /**
   * Gives the log's directory another name while no slow work goes on.
   *
   * @param rename of the directory, on disk
   * @return whether it was done
   */
  boolean rename(Path next, Runnable rename) {
    return guarded(
        () -> {
          log.flushing().rename(next, rename);
          return true;
        },
        false);
  }

  /** Ends the log's life; waits for the slow work that goes on. Its files stay. */
  void close() {
    keeping.lock();
    log.lock().lock();
    try {
      log.closeLocked();
    } finally {
      log.lock().unlock();
      keeping.unlock();
    }
  }

  /** From here on the segment takes the others' place, now or with the next start. */
  private void decide(Segment fresh) {
    fresh.stage(SegmentFiles.SWAP);
    disk.syncDirectory(files.directory());
  }

  private void publish(List<Segment> old, Segment fresh) {
    log.lock().lock();
    try {
      log.tail().exchange(old, fresh);
    } finally {
      log.lock().unlock();
    }
    old.forEach(one -> one.stage(SegmentFiles.DELETED));
    fresh.stage("");
    disk.syncDirectory(files.directory());
    fresh.releaseIndexes();
  }

  /** Leaves a note beside the log, so that it is not served after a restart either. */
  void markDamaged(String what) {
    guarded(
        () -> {
          WholeFile.replace(disk, files.directory().resolve(LogRecovery.DAMAGE_NOTE), what + "\n");
          return true;
        },
        false);
  }

  /** After a truncation the last segment and the producers are others than those on disk. */
  private void forgetKept() {
    keptEnd = DurableMarks.NONE;
    indexedBelow = Math.min(indexedBelow, log.tail().view().active().baseOffset());
  }

  /** The names of removed segments may come back after a crash, so each start is written down. */
  private void saveStart() {
    log.context().checkpoints().start(log.partition(), log.startOffset());
  }

  private void keep() {
    Segment[] segments;
    long end;
    Collection<Producer> producers;
    log.lock().lock();
    try {
      LogTail tail = log.tail();
      tail.view().active().flushIndexes();
      segments = tail.view().segments();
      end = tail.view().endOffset();
      producers = tail.producers().all();
    } finally {
      log.lock().unlock();
    }
    syncIndexes(segments);
    writeSnapshots();
    ProducerSnapshot.write(disk, files.path(end, SegmentFiles.SNAPSHOT), producers);
    removeSnapshots(segments, end);
    keptEnd = end;
  }

  /** Before a snapshot says what happened, the indexes must say it for the time before. */
  private void syncIndexes(Segment[] segments) {
    for (Segment segment : segments) {
      if (segment.baseOffset() >= indexedBelow) {
        segment.syncIndexes();
      }
    }
    indexedBelow = segments[segments.length - 1].baseOffset();
  }

  /**
   * Writes down the producers as they were at each roll. It must have happened before the segments
   * in front of the roll go: the log alone can't tell any more.
   */
  private void writeSnapshots() {
    NavigableMap<Long, Collection<Producer>> snapshots;
    log.lock().lock();
    try {
      snapshots = log.tail().snapshots();
    } finally {
      log.lock().unlock();
    }
    snapshots.forEach((offset, producers) ->
        ProducerSnapshot.write(disk, files.path(offset, SegmentFiles.SNAPSHOT), producers));
    log.lock().lock();
    try {
      log.tail().forgetSnapshots(snapshots.keySet());
    } finally {
      log.lock().unlock();
    }
  }

  /** Snapshots stay where a segment begins, and the newest stays. */
  private void removeSnapshots(Segment[] segments, long newest) {
    Set<Long> kept = new HashSet<>();
    Arrays.stream(segments).forEach(segment -> kept.add(segment.baseOffset()));
    kept.add(newest);
    for (String name : disk.list(files.directory())) {
      long offset = SegmentFiles.offset(name, SegmentFiles.SNAPSHOT);
      if (offset != SegmentFiles.NONE && !kept.contains(offset)) {
        disk.delete(files.directory().resolve(name));
      }
    }
  }

  private int expired(LogView view, long highWatermark) {
    List<Candidate> candidates = new ArrayList<>();
    Segment[] segments = view.segments();
    for (int i = 0; i < segments.length; i++) {
      boolean isLast = i == segments.length - 1;
      long end = isLast ? view.endOffset() : segments[i + 1].baseOffset();
      candidates.add(new Candidate(end, segments[i].sizeBytes(), newestMs(segments[i])));
    }
    return RetentionRule.expired(
        candidates,
        log.settings().retention(),
        view.startOffset(),
        highWatermark,
        log.context().clock().wallMs());
  }

  private long newestMs(Segment segment) {
    TimeIndex.Entry latest = segment.latest();
    return latest != null
        ? latest.timestampMs()
        : disk.modifiedMs(files.path(segment.baseOffset(), SegmentFiles.LOG));
  }

  private int removeOldest(int count) {
    if (count == log.tail().view().segments().length) {
      rollActive();
    }
    syncIndexes(log.tail().view().segments());
    writeSnapshots();
    List<Segment> removed;
    LogTail tail = log.tail();
    log.lock().lock();
    try {
      Segment[] all = tail.view().segments();
      removed = List.of(Arrays.copyOf(all, count));
      Segment[] left = Arrays.copyOfRange(all, count, all.length);
      tail.advanceStart(Math.max(tail.view().startOffset(), left[0].baseOffset()), left);
    } finally {
      log.lock().unlock();
    }
    removed.forEach(Segment::pin);
    removed.forEach(Segment::stageDeleted);
    removeLater(removed);
    return count;
  }

  /**
   * Has the files of segments removed that are out of the log and named as deleted ones. They stay
   * open for those who have found a region in them and not sent it yet.
   */
  private void removeLater(List<Segment> removed) {
    long delayMs = log.settings().retention().fileDelayMs();
    Turns owner = log.context().disk();
    owner.after(delayMs, () -> removed.forEach(this::remove));
    owner.after(Math.max(delayMs, OPEN_MS_MIN), () -> removed.forEach(Segment::retire));
  }

  private void rollActive() {
    log.lock().lock();
    try {
      log.tail().roll(log.endOffset());
    } finally {
      log.lock().unlock();
    }
  }

  /** In a turn of the disk owner, so no sync of the same file runs. */
  private void remove(Segment segment) {
    guarded(
        () -> {
          segment.deleteFiles();
          return true;
        },
        false);
  }

  private <T> T guarded(Supplier<T> work, T otherwise) {
    keeping.lock();
    try {
      boolean isUsable = log.context().health().isOnline() && !log.isClosed();
      return isUsable ? work.get() : otherwise;
    } catch (DiskException fault) {
      if (fault.kind() != DiskException.Kind.FULL) {
        log.context().health().fail(fault);
      }
      return otherwise;
    } finally {
      keeping.unlock();
    }
  }
}
