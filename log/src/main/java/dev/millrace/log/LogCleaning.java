package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import dev.millrace.log.LogSettings.Compacting;
import dev.millrace.log.clean.CleanRules;
import dev.millrace.log.clean.CleanRules.Latest;
import dev.millrace.log.clean.Compaction;
import dev.millrace.log.clean.KeyOffsets;
import dev.millrace.log.clean.Source;
import dev.millrace.log.index.TimeIndex;
import dev.millrace.log.producer.Producer;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compaction of a log: whether it is due, and its beginning. One runs at a time for a log; the
 * partition's locks are held for the swap of a segment only. To be called from owners that may
 * block on the disk.
 */
public final class LogCleaning {
  private final PartitionLog log;
  private final SegmentFiles files;

  LogCleaning(PartitionLog log, SegmentFiles files) {
    this.log = log;
    this.files = files;
  }

  /**
   * What there is to compact.
   *
   * @param cleanBytes of segments where every key has one record
   * @param dirtyBytes of segments that can be compacted now
   * @param isOverdue whether a record is older than {@code max.compaction.lag.ms}
   */
  public record Dirt(long cleanBytes, long dirtyBytes, boolean isOverdue) {
    /** The dirty part, 0 to 1. */
    public double ratio() {
      long all = cleanBytes + dirtyBytes;
      return all == 0 ? 0 : (double) dirtyBytes / all;
    }
  }

  /**
   * What there is to compact; null when the topic is not compacted or nothing is dirty. Looks at
   * indexes only.
   *
   * @param highWatermark of the partition
   */
  public @Nullable Dirt dirt(long highWatermark) {
    return guarded(() -> dirtNow(highWatermark));
  }

  private @Nullable Dirt dirtNow(long highWatermark) {
    Compaction.Range range = range(log.lastStableOffset(highWatermark), log.flushedEnd());
    if (range == null) {
      return null;
    }
    long cleanBytes = 0;
    long dirtyBytes = 0;
    for (Source source : range.sources()) {
      if (source.endOffset() > range.dirtyFrom()) {
        dirtyBytes += source.segment().sizeBytes();
      } else {
        cleanBytes += source.segment().sizeBytes();
      }
    }
    return new Dirt(cleanBytes, dirtyBytes, isOverdue(range));
  }

  /** Whether the dirt asks for a compaction by the topic's settings. */
  public boolean isDue(Dirt dirt) {
    return dirt.dirtyBytes() > 0
        && (dirt.isOverdue() || dirt.ratio() > log.settings().compaction().dirtyRatioMin());
  }

  /**
   * Begins a compaction.
   *
   * @param highWatermark of the partition
   * @param keys for this compaction alone until it has ended
   * @param bufferBytes for each of reading and writing
   * @return null when there is nothing to do
   */
  public @Nullable LogCompaction begin(long highWatermark, KeyOffsets keys, int bufferBytes) {
    return guarded(() -> beginNow(highWatermark, keys, bufferBytes));
  }

  private @Nullable LogCompaction beginNow(long highWatermark, KeyOffsets keys, int bufferBytes) {
    long stableOffset;
    int generation;
    log.lock().lock();
    try {
      generation = log.tail().generation();
      stableOffset = log.lastStableOffset(highWatermark);
    } finally {
      log.lock().unlock();
    }
    Compaction.Range wanted = range(stableOffset, log.flushedEnd());
    if (wanted == null) {
      return null;
    }
    // a marker that a crash can take back decides nothing
    long secured = log.keeping().secure(wanted.sources().getLast().endOffset(), highWatermark);
    Compaction.Range range = range(stableOffset, secured);
    return range == null
        ? null
        : new LogCompaction(log, files, generation, range, keys, rules(bufferBytes));
  }

  /** A segment that is gone meanwhile is no fault. */
  private <T> @Nullable T guarded(Supplier<@Nullable T> work) {
    boolean isUsable = log.context().health().isOnline() && !log.isClosed();
    try {
      return isUsable ? work.get() : null;
    } catch (DiskException fault) {
      if (fault.kind() == DiskException.Kind.FAILED && !log.isClosed()) {
        log.context().health().fail(fault);
      }
      return null;
    }
  }

  private CleanRules rules(int bufferBytes) {
    LogSettings settings = log.settings();
    return new CleanRules(
        log.context().clock().wallMs(),
        settings.compaction().deleteRetentionMs(),
        settings.segment().bytesMax(),
        settings.segment().indexBytesMax(),
        settings.segment().indexIntervalBytes(),
        bufferBytes,
        latestOfProducers());
  }

  private Map<Long, Latest> latestOfProducers() {
    Map<Long, Latest> latest = new HashMap<>();
    for (Producer producer : log.producers()) {
      long last = producer.batches().isEmpty() ? CleanRules.MARKER : producer.lastOffset();
      latest.put(producer.id(), new Latest(last, producer.epoch()));
    }
    return latest;
  }

  /**
   * What can be compacted.
   *
   * @param stableOffset every transaction below it is decided, and its end committed
   * @param securedEnd a start after a crash does not look at what lies before it
   */
  private Compaction.@Nullable Range range(long stableOffset, long securedEnd) {
    Compacting settings = log.settings().compaction();
    LogView view = log.tail().view();
    long dirtyFrom = dirtyFrom(view);
    long end = Math.min(stableOffset, view.active().baseOffset());
    Segment[] segments = view.segments();
    List<Source> sources = new ArrayList<>();
    for (int i = 0; settings.isOn() && i < segments.length - 1; i++) {
      Source source = new Source(segments[i], segments[i + 1].baseOffset());
      boolean isDirty = source.endOffset() > dirtyFrom;
      if (segments[i].baseOffset() >= end
          || source.endOffset() > securedEnd
          || (isDirty && isYoung(segments[i], settings.lagMsMin()))) {
        break;
      }
      sources.add(source);
    }
    long reached = sources.isEmpty() ? 0 : Math.min(end, sources.getLast().endOffset());
    return reached <= dirtyFrom ? null : new Compaction.Range(sources, dirtyFrom, reached);
  }

  private long dirtyFrom(LogView view) {
    long cleaned = log.context().checkpoints().cleanEnd(log.partition());
    return cleaned > view.endOffset() ? view.startOffset() : Math.max(cleaned, view.startOffset());
  }

  private boolean isYoung(Segment segment, long lagMsMin) {
    if (lagMsMin <= 0) {
      return false;
    }
    TimeIndex.Entry latest = segment.latest();
    long newestMs =
        latest != null
            ? latest.timestampMs()
            : files.disk().modifiedMs(files.path(segment.baseOffset(), SegmentFiles.LOG));
    return newestMs > log.context().clock().wallMs() - lagMsMin;
  }

  private boolean isOverdue(Compaction.Range range) {
    long lagMsMax = log.settings().compaction().lagMsMax();
    if (lagMsMax == Long.MAX_VALUE) {
      return false;
    }
    long latestMs = log.context().clock().wallMs() - lagMsMax;
    for (Source source : range.sources()) {
      long firstMs = source.segment().firstTimestampMs();
      if (source.endOffset() > range.dirtyFrom() && firstMs >= 0 && firstMs < latestMs) {
        return true;
      }
    }
    return false;
  }
}
