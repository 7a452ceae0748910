package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.log.DirectoryCheckpoints.Known;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.EpochCheckpoint;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.segment.BatchWalk;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a former life left in a partition's directory, after a clean stop as after a crash.
 *
 * <p>Three numbers decide: the recovery point (below it nothing is checked), the durable end (below
 * it everything was on disk for certain) and what the scan from the recovery point finds to be
 * whole. What is not whole is cut when it lies at or above the durable end: nobody was told that it
 * is safe, and a crash may tear, lose or reorder it. Below the durable end it is damage: the log is
 * left as it is and not served. docs/decisions/0012.
 */
final class LogRecovery {
  /** Says that a log was found damaged; while it is there the log is not opened. */
  static final String DAMAGE_NOTE = "millrace-damaged";

  private static final System.Logger LOGGER = System.getLogger(LogRecovery.class.getName());

  private final SegmentFiles files;
  private final Disk disk;
  private final int indexIntervalBytes;
  private final Known known;
  private final long certainEnd;
  private final List<Segment> segments = new ArrayList<>();
  private final List<Segment> unsynced = new ArrayList<>();
  private final ProducerStates producers = new ProducerStates();
  private LeaderEpochs epochs = LeaderEpochs.NONE;
  private LeaderEpochs epochsOnDisk = LeaderEpochs.NONE;
  private long endOffset;

  /** What came of it. */
  sealed interface Outcome {
    record Recovered(LogState state) implements Outcome {}

    /** Records that were acknowledged are not whole. */
    record Damaged(String what) implements Outcome {}
  }

  /** Thrown to leave the scan. */
  private static final class DamageFound extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    DamageFound(String what) {
      super(what);
    }
  }

  private LogRecovery(SegmentFiles files, LogSettings settings, Known known) {
    this.files = files;
    this.disk = files.disk();
    this.indexIntervalBytes = settings.segment().indexIntervalBytes();
    this.known = known;
    this.certainEnd = Math.max(known.recoveryPoint(), known.durableEnd());
  }

  /** A log without records in a directory that was made just now. */
  static LogState fresh(SegmentFiles files, long startOffset) {
    Segment first = Segment.create(files, startOffset);
    return new LogState(
        List.of(first),
        startOffset,
        startOffset,
        startOffset,
        List.of(),
        new ProducerStates(),
        LeaderEpochs.NONE,
        false,
        true);
  }

  /** Opens the log in the directory of {@code files}. */
  static Outcome open(SegmentFiles files, LogSettings settings, Known known) {
    LogRecovery recovery = new LogRecovery(files, settings, known);
    try {
      return recovery.run();
    } catch (DamageFound damage) {
      return recovery.damaged(String.valueOf(damage.getMessage()));
    } catch (CorruptRecordsException corrupt) {
      return recovery.damaged(String.valueOf(corrupt.getMessage()));
    } finally {
      recovery.segments.forEach(Segment::close);
    }
  }

  private Outcome run() throws DamageFound {
    String note = WholeFile.readText(disk, files.directory().resolve(DAMAGE_NOTE));
    if (note != null) {
      return new Outcome.Damaged(note.strip());
    }
    SegmentSwap.tidy(files);
    openSegments();
    scan();
    if (endOffset < certainEnd) {
      throw new DamageFound(
          "records that were on disk are missing, end=" + endOffset + " durableEnd=" + certainEnd);
    }
    if (endOffset < known.startOffset()) {
      restartAt(known.startOffset());
    }
    long start = Math.clamp(known.startOffset(), segments.getFirst().baseOffset(), endOffset);
    restoreEpochs();
    new ProducerRestore(files, producers).run(segments, endOffset);
    epochs = epochs.upTo(endOffset).from(start);
    return new Outcome.Recovered(
        new LogState(
            segments,
            start,
            endOffset,
            Math.max(certainEnd, 0),
            unsynced,
            producers,
            epochs,
            !epochs.starts().equals(epochsOnDisk.starts()),
            !known.isFlushed() || !unsynced.isEmpty()));
  }

  private void openSegments() {
    List<String> names = disk.list(files.directory());
    for (String name : names) {
      long offset = SegmentFiles.offset(name, SegmentFiles.LOG);
      if (offset != SegmentFiles.NONE) {
        segments.add(Segment.open(files, offset));
      }
    }
    if (segments.isEmpty()) {
      segments.add(Segment.create(files, Math.max(known.startOffset(), 0)));
    }
    removeOrphans(names);
  }

  /** An index without its log says nothing. */
  private void removeOrphans(List<String> names) {
    for (String suffix :
        List.of(SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_INDEX)) {
      for (String name : names) {
        long offset = SegmentFiles.offset(name, suffix);
        if (offset != SegmentFiles.NONE
            && segments.stream().noneMatch(segment -> segment.baseOffset() == offset)) {
          disk.delete(files.directory().resolve(name));
        }
      }
    }
  }

  /** Checks everything from the recovery point on, and cuts what is not whole. */
  private void scan() throws DamageFound {
    int first = floor(Math.max(known.recoveryPoint() - 1, 0));
    for (Segment finished : segments.subList(0, first)) {
      if (!finished.hasIndexes()) {
        finished.rebuildIndexes(indexIntervalBytes);
        finished.syncIndexes();
      }
    }
    endOffset = segments.get(first).baseOffset();
    for (int i = first; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      long base = segment.baseOffset();
      if (i > first && base != endOffset && (base < endOffset || base > certainEnd)) {
        cutBefore(i, "segment does not continue the one before, base=" + base);
        return;
      }
      String fault = scan(segment);
      if (fault != null) {
        cut(segment, i, fault);
        return;
      }
      if (i < segments.size() - 1) {
        segment.flushIndexes();
        if (endOffset > known.recoveryPoint()) {
          segment.syncIndexes();
        }
      }
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
        endOffset = walk.header().nextOffset();
        certainBytes = endOffset <= certainEnd ? segment.sizeBytes() : certainBytes;
      }
    }
    if (endOffset > certainEnd) {
      segment.rewrite(certainBytes);
      unsynced.add(segment);
    }
    return fault != null ? fault : walk.fault();
  }

  private @Nullable String fault(BatchWalk walk, Segment segment) {
    RecordBatch header = walk.header();
    if (header.baseOffset() < endOffset
        || header.lastOffset() - segment.baseOffset() > Integer.MAX_VALUE) {
      return "batch has an offset that cannot be here, offset=" + header.baseOffset();
    }
    boolean isChecked = header.lastOffset() >= known.recoveryPoint();
    return isChecked && !walk.isIntact() ? "batch has a wrong crc" : null;
  }

  /** Cuts a segment behind its last whole batch, and all segments after it. */
  private void cut(Segment segment, int index, String fault) throws DamageFound {
    cutBefore(index + 1, fault);
    segment.undoWrite();
    segment.file().sync();
  }

  /** Removes the segments from an index on. */
  private void cutBefore(int index, String fault) throws DamageFound {
    Segment last = segments.get(index - 1);
    String where =
        fault
            + ", segment="
            + SegmentFiles.name(last.baseOffset(), SegmentFiles.LOG)
            + " position="
            + last.sizeBytes()
            + " offset="
            + endOffset;
    if (endOffset < certainEnd) {
      throw new DamageFound(where + " durableEnd=" + certainEnd);
    }
    LOGGER.log(
        System.Logger.Level.WARNING,
        "cutting what was not synced when the node stopped: {0} directory={1}",
        where,
        files.directory());
    while (segments.size() > index) {
      remove(segments.removeLast());
    }
    disk.syncDirectory(files.directory());
  }

  /** All that is left was deleted before the stop; offsets go on where they were. */
  private void restartAt(long startOffset) {
    segments.forEach(this::remove);
    segments.clear();
    segments.add(Segment.create(files, startOffset));
    unsynced.clear();
    unsynced.add(segments.getFirst());
    endOffset = startOffset;
  }

  private void remove(Segment segment) {
    segment.close();
    for (String suffix :
        List.of(
            SegmentFiles.LOG,
            SegmentFiles.INDEX,
            SegmentFiles.TIME_INDEX,
            SegmentFiles.TRANSACTION_INDEX)) {
      disk.delete(files.path(segment.baseOffset(), suffix));
    }
  }

  private void restoreEpochs() {
    boolean isKnown = true;
    try {
      epochs =
          LeaderEpochs.of(
              EpochCheckpoint.read(disk, files.directory().resolve(EpochCheckpoint.NAME)));
      epochsOnDisk = epochs;
      isKnown = !epochs.starts().isEmpty();
    } catch (CorruptFileException corrupt) {
      LOGGER.log(
          System.Logger.Level.WARNING, "building leader epochs again: " + corrupt.getMessage());
      isKnown = false;
    }
    epochs = epochs.upTo(Math.min(endOffset, known.recoveryPoint()));
    long from = isKnown ? known.recoveryPoint() : segments.getFirst().baseOffset();
    if (from < endOffset) {
      for (Segment segment : segments.subList(floor(from), segments.size())) {
        for (BatchWalk walk = segment.walkFrom(from); walk.isAtBatch(); walk.next()) {
          RecordBatch header = walk.header();
          epochs = epochs.with(header.partitionLeaderEpoch(), header.baseOffset());
        }
      }
    }
  }

  private int floor(long offset) {
    int at = segments.size() - 1;
    while (at > 0 && segments.get(at).baseOffset() > offset) {
      at--;
    }
    return at;
  }

  private Outcome damaged(String what) {
    LOGGER.log(
        System.Logger.Level.ERROR,
        "log is damaged and not served, directory=" + files.directory() + ": " + what);
    return new Outcome.Damaged(what);
  }
}
