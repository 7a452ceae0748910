package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import dev.millrace.log.clean.CleanLog;
import dev.millrace.log.clean.CleanRules;
import dev.millrace.log.clean.Compaction;
import dev.millrace.log.clean.KeyOffsets;
import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.CorruptRecordsException;
import java.util.Arrays;
import java.util.List;

/**
 * One compaction of one log, done in steps; see {@link Compaction}. Belongs to one owner, which may
 * block on the disk. Other work on the log goes on meanwhile; when it takes away what is compacted,
 * the compaction ends early.
 */
public final class LogCompaction {
  private static final System.Logger LOGGER = System.getLogger(LogCompaction.class.getName());

  private final PartitionLog log;
  private final int generation;
  private final KeyOffsets keys;
  private final Compaction compaction;
  private final long bytesBefore;
  private long bytesAfter;
  private long keyCount;

  LogCompaction(
      PartitionLog log,
      SegmentFiles files,
      int generation,
      Compaction.Range range,
      KeyOffsets keys,
      CleanRules rules) {
    this.log = log;
    this.generation = generation;
    this.keys = keys;
    this.bytesBefore = range.sources().stream().mapToLong(one -> bytes(one.segment())).sum();
    this.bytesAfter = bytesBefore;
    this.compaction = new Compaction(range, keys, rules, files, new Log());
  }

  /** Goes over about a megabyte. When it answers anything but More, the compaction has ended. */
  public CleaningStep step() {
    CleaningStep step = stepOrFail();
    if (!(step instanceof CleaningStep.More)) {
      end();
    }
    return step;
  }

  /** Ends the compaction before it is done. Nothing is lost by it. */
  public void abandon() {
    end();
  }

  private CleaningStep stepOrFail() {
    try {
      if (!isUsable()) {
        return new CleaningStep.Overtaken();
      }
      boolean isMore = compaction.step();
      keyCount = keys.size();
      if (isMore) {
        return new CleaningStep.More(compaction.takeBytesMoved());
      }
      return compaction.isOvertaken() ? new CleaningStep.Overtaken() : done();
    } catch (DiskException fault) {
      return failed(fault);
    } catch (CorruptRecordsException corrupt) {
      return isOvertaken()
          ? new CleaningStep.Overtaken()
          : new CleaningStep.Failed(String.valueOf(corrupt.getMessage()));
    }
  }

  private CleaningStep done() {
    if (compaction.lie() != null) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "compaction leaves a batch as it is: {0}, partition={1}",
          compaction.lie(),
          log.partition());
    }
    return log.keeping().cleaned(compaction.cleanEnd())
        ? new CleaningStep.Done(bytesBefore, bytesAfter, keyCount)
        : new CleaningStep.Overtaken();
  }

  private CleaningStep failed(DiskException fault) {
    if (isOvertaken()) {
      return new CleaningStep.Overtaken();
    }
    if (fault.kind() != DiskException.Kind.FULL) {
      log.context().health().fail(fault);
    }
    return new CleaningStep.Failed(String.valueOf(fault.getMessage()));
  }

  private void end() {
    keys.close();
    try {
      if (log.context().health().isOnline()) {
        compaction.abandon();
      }
    } catch (DiskException fault) {
      log.context().health().fail(fault);
    }
  }

  private boolean isUsable() {
    return log.context().health().isOnline() && !log.isClosed();
  }

  /** Whether what went wrong may come from a segment that is gone. */
  private boolean isOvertaken() {
    log.lock().lock();
    try {
      List<Segment> now = Arrays.asList(log.tail().view().segments());
      return !isUsable()
          || log.tail().generation() != generation
          || !now.containsAll(compaction.segmentsInWork());
    } finally {
      log.lock().unlock();
    }
  }

  private static long bytes(Segment segment) {
    return segment.sizeBytes();
  }

  private final class Log implements CleanLog {
    @Override
    public List<AbortedTransaction> aborted(long from, long upTo) {
      return log.tail().view().aborted(from, upTo);
    }

    @Override
    public boolean swap(List<Segment> old, Segment fresh) {
      if (!log.keeping().exchange(old, fresh, generation)) {
        return false;
      }
      long before = old.stream().mapToLong(LogCompaction::bytes).sum();
      bytesAfter += fresh.sizeBytes() - before;
      return true;
    }
  }
}
