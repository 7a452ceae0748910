package dev.millrace.replica;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.OffsetCheckpoint;
import dev.millrace.log.checkpoint.TopicPartition;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The high watermarks of a log directory's partitions on disk, {@code
 * replication-offset-checkpoint}: lower bounds for the next start. Belongs to its directory's lock.
 */
final class HighWatermarks {
  private static final System.Logger LOGGER = System.getLogger(HighWatermarks.class.getName());

  private final Disk disk;
  private final LogDirectory directory;
  private Map<TopicPartition, Long> written;
  private boolean isBehind;

  /** Reads what a former life left. */
  HighWatermarks(Disk disk, LogDirectory directory) {
    this.disk = disk;
    this.directory = directory;
    this.written = read();
  }

  /** The high watermark of a former life, or zero. */
  long known(TopicPartition partition) {
    return written.getOrDefault(partition, 0L);
  }

  /** Writes the high watermarks down when one has changed. */
  void write(Iterable<Partition> partitions) {
    Map<TopicPartition, Long> now = new HashMap<>();
    for (Partition partition : partitions) {
      now.put(partition.log().partition(), partition.bounds().highWatermark());
    }
    if (!now.equals(written) && directory.isOnline()) {
      try {
        OffsetCheckpoint.write(disk, path(), now);
        written = now;
        isBehind = false;
      } catch (DiskException fault) {
        if (!isBehind) {
          isBehind = true;
          LOGGER.log(
              System.Logger.Level.WARNING,
              "high watermarks are not written down until that works again: {0}",
              fault.getMessage());
        }
      }
    }
  }

  private Map<TopicPartition, Long> read() {
    try {
      return OffsetCheckpoint.read(disk, path());
    } catch (CorruptFileException corrupt) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "doing without the high watermarks of the life before: {0}",
          corrupt.getMessage());
      return Map.of();
    }
  }

  private Path path() {
    return directory.path().resolve(OffsetCheckpoint.HIGH_WATERMARK);
  }
}
