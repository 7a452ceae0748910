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

  private LogRecovery(SegmentFiles files, LogSettings settings, Known known) {
    this.files = files;
    this.disk = files.disk();
    this.indexIntervalBytes = settings.segment().indexIntervalBytes();
    this.known = known;
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
    repairIndexes();
    LogScan scan = new LogScan(files, segments, known, indexIntervalBytes);
    scan.run();
    endOffset = scan.endOffset();
    unsynced.addAll(scan.unsynced());
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
            Math.max(known.certainEnd(), 0),
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

  /** Of the segments that are not scanned: where one with records below the point follows. */
  private void repairIndexes() {
    for (int i = 0; i < segments.size() - 1; i++) {
      Segment segment = segments.get(i);
      if (segments.get(i + 1).baseOffset() < known.recoveryPoint() && !segment.hasIndexes()) {
        segment.rebuildIndexes(indexIntervalBytes);
        segment.syncIndexes();
      }
    }
  }

  /** All that is left was deleted before the stop; offsets go on where they were. */
  private void restartAt(long startOffset) {
    segments.forEach(Segment::delete);
    segments.clear();
    segments.add(Segment.create(files, startOffset));
    unsynced.clear();
    unsynced.add(segments.getFirst());
    endOffset = startOffset;
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
