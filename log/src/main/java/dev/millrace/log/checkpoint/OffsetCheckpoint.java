package dev.millrace.log.checkpoint;

import dev.millrace.base.disk.Disk;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One offset for each partition of a log directory: {@code recovery-point-offset-checkpoint},
 * {@code log-start-offset-checkpoint}, {@code replication-offset-checkpoint}, {@code
 * cleaner-offset-checkpoint}. A line is {@code topic partition offset}. Format:
 * docs/formats/partition-files.md
 */
public final class OffsetCheckpoint {
  /** Below it everything is on disk. */
  public static final String RECOVERY_POINT = "recovery-point-offset-checkpoint";

  /** Records below it were deleted. */
  public static final String LOG_START = "log-start-offset-checkpoint";

  /** The same once more, for when the first is damaged. */
  public static final String LOG_START_TWIN = "millrace-log-starts";

  /** The high watermark, a lower bound of it. */
  public static final String HIGH_WATERMARK = "replication-offset-checkpoint";

  /** Below it a compacted log has one record a key. */
  public static final String CLEANED = "cleaner-offset-checkpoint";

  private OffsetCheckpoint() {}

  /** Replaces the file by these offsets; it is on disk when this returns. */
  public static void write(Disk disk, Path path, Map<TopicPartition, Long> offsets) {
    List<String> lines =
        new TreeMap<>(offsets)
            .entrySet().stream()
                .map(e -> e.getKey().topic() + " " + e.getKey().partition() + " " + e.getValue())
                .toList();
    WholeFile.replace(disk, path, Lines.write(lines));
  }

  /** The offsets; empty when there is no such file. */
  public static Map<TopicPartition, Long> read(Disk disk, Path path) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    String text = WholeFile.readText(disk, path);
    if (text == null) {
      return offsets;
    }
    for (String[] fields : Lines.read(path, text, 3)) {
      int partition = Lines.intNumber(path, fields[1]);
      long offset = Lines.number(path, fields[2]);
      if (partition < 0 || offset < 0) {
        throw new CorruptFileException(
            path, "checkpoint number is negative, topic=" + fields[0] + " partition=" + partition);
      }
      offsets.put(new TopicPartition(fields[0], partition), offset);
    }
    return offsets;
  }
}
