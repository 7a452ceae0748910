package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.OffsetCheckpoint;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.journal.LogKey;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What a log directory remembers of its logs besides their own files: recovery points, log starts,
 * and evidence of what was on disk. Safe for any thread; may block on the disk.
 *
 * <p>A number on disk never promises more than the logs hold: it is lowered before a truncation and
 * forgotten before a partition of the same name is made anew.
 */
final class DirectoryCheckpoints {
  private static final System.Logger LOGGER =
      System.getLogger(DirectoryCheckpoints.class.getName());

  private final Disk disk;
  private final Path directory;
  private final DurableMarks marks;
  private final Map<TopicPartition, Long> recoveryPoints;
  private final Map<TopicPartition, Long> starts;
  private final Map<TopicPartition, Long> cleanEnds;
  private Map<TopicPartition, Long> writtenRecoveryPoints;
  private Map<TopicPartition, Long> writtenStarts;
  private Map<TopicPartition, Long> writtenCleanEnds;
  private boolean isBehind;

  private DirectoryCheckpoints(
      Disk disk,
      Path directory,
      DurableMarks marks,
      Map<TopicPartition, Long> recoveryPoints,
      Map<TopicPartition, Long> starts,
      Map<TopicPartition, Long> cleanEnds) {
    this.disk = disk;
    this.directory = directory;
    this.marks = marks;
    this.recoveryPoints = recoveryPoints;
    this.starts = starts;
    this.cleanEnds = cleanEnds;
    this.writtenRecoveryPoints = Map.copyOf(recoveryPoints);
    this.writtenStarts = Map.copyOf(starts);
    this.writtenCleanEnds = Map.copyOf(cleanEnds);
  }

  static DirectoryCheckpoints open(Disk disk, Path directory) {
    return new DirectoryCheckpoints(
        disk,
        directory,
        DurableMarks.open(disk, directory),
        readOrPass(disk, directory.resolve(OffsetCheckpoint.RECOVERY_POINT)),
        readStarts(disk, directory),
        readOrPass(disk, directory.resolve(OffsetCheckpoint.CLEANED)));
  }

  /** Without recovery points and clean ends more is checked or compacted, which costs time only. */
  private static Map<TopicPartition, Long> readOrPass(Disk disk, Path path) {
    try {
      return OffsetCheckpoint.read(disk, path);
    } catch (CorruptFileException corrupt) {
      LOGGER.log(System.Logger.Level.WARNING, "passing over: " + corrupt.getMessage());
      return new HashMap<>();
    }
  }

  /**
   * Where logs start is not guessed, or deleted records would be back: there is a twin for that.
   */
  private static Map<TopicPartition, Long> readStarts(Disk disk, Path directory) {
    Path path = directory.resolve(OffsetCheckpoint.LOG_START);
    try {
      return OffsetCheckpoint.read(disk, path);
    } catch (CorruptFileException corrupt) {
      Path twin = directory.resolve(OffsetCheckpoint.LOG_START_TWIN);
      if (!disk.exists(twin)) {
        throw corrupt;
      }
      Map<TopicPartition, Long> starts = OffsetCheckpoint.read(disk, twin);
      LOGGER.log(
          System.Logger.Level.WARNING,
          "taking log starts from " + twin.getFileName() + ": " + corrupt.getMessage());
      OffsetCheckpoint.write(disk, path, starts);
      return starts;
    }
  }

  /** What is remembered of a log. */
  synchronized Known known(LogContext log) {
    TopicPartition partition = log.partition();
    return new Known(
        recoveryPoints.getOrDefault(partition, 0L),
        marks.durableEnd(log.topicId(), partition.partition()),
        starts.getOrDefault(partition, 0L));
  }

  /**
   * What a former life left about a log.
   *
   * @param recoveryPoint below it everything is on disk and needs no check
   * @param durableEnd below it everything was on disk; {@link DurableMarks#NONE} when not known
   * @param startOffset records before it were deleted
   */
  record Known(long recoveryPoint, long durableEnd, long startOffset) {
    /** Below which offset records were on disk for certain. */
    long certainEnd() {
      return Math.max(recoveryPoint, durableEnd);
    }

    /** Whether anything of the log was ever synced. */
    boolean isFlushed() {
      return recoveryPoint > 0 || durableEnd > 0;
    }
  }

  /** Notes that a log was flushed up to an offset. Costs one small write, no sync. */
  void flushed(LogContext log, long flushedEnd) {
    marks.put(log.topicId(), log.partition().partition(), flushedEnd);
  }

  /** Notes that a log is on disk up to an offset at least, found when no log was open yet. */
  void restored(LogKey log, long durableEnd) {
    int partition = log.partition().partition();
    if (marks.durableEnd(log.topicId(), partition) < durableEnd) {
      marks.put(log.topicId(), partition, durableEnd);
    }
  }

  synchronized void recoveryPoint(TopicPartition partition, long offset) {
    recoveryPoints.put(partition, offset);
  }

  synchronized void start(TopicPartition partition, long offset) {
    if (offset > 0) {
      starts.put(partition, offset);
    }
  }

  /** Below which offset a log was compacted; 0 when it never was. */
  synchronized long cleanEnd(TopicPartition partition) {
    return cleanEnds.getOrDefault(partition, 0L);
  }

  /** Notes, on disk, how far a log was compacted. */
  synchronized void cleaned(TopicPartition partition, long end) {
    cleanEnds.put(partition, end);
    writeCleanEnds();
  }

  /** Makes sure, on disk, that nothing is promised from {@code offset} on. */
  void lower(LogContext log, long offset) {
    TopicPartition partition = log.partition();
    synchronized (this) {
      recoveryPoints.computeIfPresent(partition, (_, point) -> Math.min(point, offset));
      if (writtenRecoveryPoints.getOrDefault(partition, 0L) > offset) {
        writeRecoveryPoints();
      }
      starts.computeIfPresent(partition, (_, start) -> Math.min(start, offset));
      if (writtenStarts.getOrDefault(partition, 0L) > offset) {
        writeStarts();
      }
      cleanEnds.computeIfPresent(partition, (_, end) -> Math.min(end, offset));
      if (writtenCleanEnds.getOrDefault(partition, 0L) > offset) {
        writeCleanEnds();
      }
    }
    long marked = marks.durableEnd(log.topicId(), partition.partition());
    if (marked > offset) {
      marks.put(log.topicId(), partition.partition(), offset);
      marks.sync();
    }
  }

  /** Forgets a log that is gone. */
  void forget(LogContext log) {
    forget(log.partition(), log.topicId());
  }

  /** Forgets a log that is gone. */
  void forget(TopicPartition partition, Uuid topicId) {
    marks.remove(topicId, partition.partition());
    synchronized (this) {
      recoveryPoints.remove(partition);
      starts.remove(partition);
      cleanEnds.remove(partition);
    }
  }

  /** Makes sure, on disk, that nothing is remembered of a partition that is made anew. */
  synchronized void renew(TopicPartition partition) {
    recoveryPoints.remove(partition);
    starts.remove(partition);
    cleanEnds.remove(partition);
    if (writtenRecoveryPoints.containsKey(partition)) {
      writeRecoveryPoints();
    }
    if (writtenStarts.containsKey(partition)) {
      writeStarts();
    }
    if (writtenCleanEnds.containsKey(partition)) {
      writeCleanEnds();
    }
  }

  /** Writes what changed. */
  void write() {
    marks.sync();
    writeFiles();
  }

  /**
   * Writes what changed as far as there is room for it: what is not written makes the next start
   * slower, and is written the next time.
   */
  void writeWhereThereIsRoom() {
    marks.sync();
    try {
      writeFiles();
      isBehind = false;
    } catch (DiskException fault) {
      if (fault.kind() != DiskException.Kind.FULL) {
        throw fault;
      }
      if (!isBehind) {
        isBehind = true;
        LOGGER.log(
            System.Logger.Level.WARNING,
            "checkpoints are not written down until there is space: {0}",
            fault.getMessage());
      }
    }
  }

  private void writeFiles() {
    synchronized (this) {
      if (!recoveryPoints.equals(writtenRecoveryPoints)) {
        writeRecoveryPoints();
      }
    }
    writeChangedStarts();
  }

  /** Writes the log starts, when one changed. */
  synchronized void writeChangedStarts() {
    if (!starts.equals(writtenStarts)) {
      writeStarts();
    }
  }

  void close() {
    marks.close();
  }

  private void writeRecoveryPoints() {
    Map<TopicPartition, Long> now = new HashMap<>(recoveryPoints);
    OffsetCheckpoint.write(disk, directory.resolve(OffsetCheckpoint.RECOVERY_POINT), now);
    writtenRecoveryPoints = now;
  }

  private void writeStarts() {
    Map<TopicPartition, Long> now = new HashMap<>(starts);
    OffsetCheckpoint.write(disk, directory.resolve(OffsetCheckpoint.LOG_START), now);
    OffsetCheckpoint.write(disk, directory.resolve(OffsetCheckpoint.LOG_START_TWIN), now);
    writtenStarts = now;
  }

  private void writeCleanEnds() {
    Map<TopicPartition, Long> now = new HashMap<>(cleanEnds);
    OffsetCheckpoint.write(disk, directory.resolve(OffsetCheckpoint.CLEANED), now);
    writtenCleanEnds = now;
  }
}
