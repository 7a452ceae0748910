package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.checkpoint.TopicPartition;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Copies in a log directory that are no longer those of their partitions: doomed ones, whose files
 * go a little later, and damaged ones, kept until another copy is whole. {@code
 * docs/formats/partition-files.md}. Safe for any thread; may block on the disk.
 *
 * <p>Their directories are called {@code topic-partition.id}, a number where that name is taken,
 * and a mark; the topic's name is cut where there is no room for it.
 */
final class FormerCopies {
  /** Behind the name of a partition's directory that is being removed. */
  static final String DELETED = "-delete";

  /** Behind the name of a damaged copy that is kept until another one is whole. */
  static final String DAMAGED = "-damaged";

  private static final int NAME_LENGTH_MAX = 255;

  private final Disk disk;
  private final Path path;
  private final DirectoryHealth health;
  private volatile boolean hasSetAside;

  FormerCopies(Disk disk, Path path, DirectoryHealth health) {
    this.disk = disk;
    this.path = path;
    this.health = health;
  }

  /** Removes what a former life left to be removed. */
  void tidy() {
    for (String name : disk.list(path)) {
      if (name.endsWith(DELETED) && disk.isDirectory(path.resolve(name))) {
        remove(path.resolve(name));
      }
      hasSetAside |= name.endsWith(DAMAGED);
    }
  }

  /**
   * Takes a directory its name; the one that it has from now on is to be {@link #remove removed}.
   */
  Path doom(Path directory, TopicPartition partition, Uuid topicId) {
    return rename(directory, partition, topicId, DELETED);
  }

  /** Takes a damaged copy its name; it stays until {@link #removeSetAside}. */
  void setAside(Path directory, TopicPartition partition, Uuid topicId) {
    rename(directory, partition, topicId, DAMAGED);
    hasSetAside = true;
  }

  /** Removes all damaged copies of a partition that were put aside. */
  void removeSetAside(TopicPartition partition, Uuid topicId) {
    for (int number = 0; hasSetAside; number++) {
      Path aside = path.resolve(name(partition, topicId, number, DAMAGED));
      if (!disk.exists(aside)) {
        return;
      }
      remove(aside);
    }
  }

  /** Removes a directory and the files in it. */
  void remove(Path directory) {
    try {
      if (health.isOnline() && disk.exists(directory)) {
        for (String name : disk.list(directory)) {
          disk.delete(directory.resolve(name));
        }
        disk.delete(directory);
      }
    } catch (DiskException fault) {
      health.fail(fault);
    }
  }

  private Path rename(Path directory, TopicPartition partition, Uuid topicId, String mark) {
    Path former = path.resolve(name(partition, topicId, 0, mark));
    // a copy that left, came back and leaves again finds what it left the last time
    for (int again = 1; disk.exists(former); again++) {
      former = path.resolve(name(partition, topicId, again, mark));
    }
    disk.rename(directory, former);
    return former;
  }

  private static String name(TopicPartition partition, Uuid topicId, int again, String mark) {
    HexFormat hex = HexFormat.of();
    String suffix =
        "-"
            + partition.partition()
            + "."
            + hex.toHexDigits(topicId.mostSignificantBits())
            + hex.toHexDigits(topicId.leastSignificantBits())
            + (again == 0 ? "" : "." + again)
            + mark;
    int room = NAME_LENGTH_MAX - suffix.length();
    return partition.topic().substring(0, Math.min(partition.topic().length(), room)) + suffix;
  }
}
