package dev.millrace.log;

import dev.millrace.log.DirectoryCheckpoints.Known;
import dev.millrace.log.segment.BatchWalk;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a log: counts and indexes its batches from the recovery point on, checks each,
 * and cuts off what is not whole. What is not whole below the certain end is damage.
 */
final class LogScan {
  private static final System.Logger LOGGER = System.getLogger(LogScan.class.getName());

  private final SegmentFiles files;
  private final List<Segment> segments;
  private final Known known;
  private final int indexIntervalBytes;
  private final List<Segment> unsynced = new ArrayList<>();
  private long endOffset;

  /** Where the last batch is not next to the one before; else {@link Long#MAX_VALUE}. */
  private long holeAt = Long.MAX_VALUE;

  /** Lowest offset that is not there although it should be; set with a fault. */
  private long missing;

  /**
   * A scan.
   *
   * @param segments oldest first; those that are cut off leave the list
   */
  LogScan(SegmentFiles files, List<Segment> segments, Known known, int indexIntervalBytes) {
    this.files = files;
    this.segments = segments;
    this.known = known;
    this.indexIntervalBytes = indexIntervalBytes;
  }

  /** The offset after the last whole batch. */
  long endOffset() {
    return endOffset;
  }

  /** The segments with batches that may not be on disk. */
  List<Segment> unsynced() {
    return unsynced;
  }

  void run() throws DamageFound {
    int first = segments.size() - 1;
    while (first > 0 && segments.get(first).baseOffset() >= known.recoveryPoint()) {
      first--;
    }
    endOffset = segments.get(first).baseOffset();
    for (int i = first; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (i > first && !continues(segment)) {
        missing = endOffset;
        cutBefore(i, "segment does not continue the one before, base=" + segment.baseOffset());
        return;
      }
      String fault = scan(segment);
      if (fault != null) {
        cutBefore(i + 1, fault);
        segment.undoWrite();
        segment.file().sync();
        return;
      }
      if (i < segments.size() - 1) {
        finish(segment);
      }
    }
    if (endOffset < known.certainEnd()) {
      throw new DamageFound(
          "records that were on disk are missing, end="
              + endOffset
              + " durableEnd="
              + known.certainEnd());
    }
  }

  /** Holes between segments come from compaction, which stays below the recovery point. */
  private boolean continues(Segment segment) {
    long base = segment.baseOffset();
    return base == endOffset || (base > endOffset && base <= known.recoveryPoint());
  }

  private void finish(Segment segment) {
    segment.flushIndexes();
    if (endOffset > known.recoveryPoint()) {
      segment.syncIndexes();
    }
  }

  /** Counts the whole batches of a segment again. Returns why it ends before its file does. */
  private @Nullable String scan(Segment segment) {
    endOffset = segment.baseOffset();
    int fileBytes = segment.sizeBytes();
    int from = segment.rewind(Math.max(known.recoveryPoint(), segment.baseOffset()));
    BatchWalk walk = segment.walk(from, fileBytes, BatchWalk.SCAN_BYTES);
    int certainBytes = from;
    String fault = null;
    while (fault == null && walk.next()) {
      fault = fault(walk, segment);
      if (fault == null) {
        segment.note(walk.header(), indexIntervalBytes);
        holeAt = walk.header().baseOffset() > endOffset ? endOffset : Long.MAX_VALUE;
        endOffset = walk.header().nextOffset();
        certainBytes = endOffset <= known.certainEnd() ? segment.sizeBytes() : certainBytes;
      }
    }
    if (endOffset > known.certainEnd()) {
      segment.rewrite(certainBytes);
      unsynced.add(segment);
    }
    if (fault == null && walk.fault() != null) {
      missing = endOffset;
      return walk.fault();
    }
    return fault;
  }

  /** What is wrong with a batch; offsets need a look of their own, the CRC does not cover them. */
  private @Nullable String fault(BatchWalk walk, Segment segment) {
    RecordBatch header = walk.header();
    long base = header.baseOffset();
    missing = endOffset;
    if (header.lastOffset() >= known.recoveryPoint() && !walk.isIntact()) {
      return "batch has a wrong crc";
    }
    if (base < endOffset) {
      // torn off, so that it reads as zero; or the batch before has moved away from its place
      missing = base == 0 ? endOffset : Math.min(holeAt, endOffset);
      return "batch has an offset below the end of the one before, offset=" + base;
    }
    if (endOffset < known.certainEnd() && walk.header().nextOffset() > known.certainEnd()) {
      return "batch reaches over the durable end, offset=" + base;
    }
    if (walk.header().lastOffset() - segment.baseOffset() > Integer.MAX_VALUE) {
      return "batch has an offset that is too far from its segment's, offset=" + base;
    }
    return null;
  }

  /** Removes the segments from an index on, when nothing acknowledged is missing. */
  private void cutBefore(int index, String fault) throws DamageFound {
    Segment last = segments.get(index - 1);
    String where =
        fault
            + ", segment="
            + SegmentFiles.name(last.baseOffset(), SegmentFiles.LOG)
            + " position="
            + last.sizeBytes()
            + " end="
            + endOffset;
    if (Math.min(missing, endOffset) < known.certainEnd()) {
      throw new DamageFound(where + " durableEnd=" + known.certainEnd());
    }
    LOGGER.log(
        System.Logger.Level.WARNING,
        "cutting what was not synced when the node stopped: {0} directory={1}",
        where,
        files.directory());
    while (segments.size() > index) {
      segments.removeLast().delete();
    }
    files.disk().syncDirectory(files.directory());
  }
}
