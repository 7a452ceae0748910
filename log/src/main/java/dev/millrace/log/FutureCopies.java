package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.log.checkpoint.OffsetCheckpoint;
import dev.millrace.log.checkpoint.TopicPartition;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies in a log directory that are to take the place of those in another one (KIP-113): how their
 * directories are called, and the notes that say which of two copies counts. {@code
 * docs/formats/partition-files.md}. Safe for any thread; may block on the disk.
 *
 * <p>A future copy is called {@code topic-partition.id-future} while it is behind. Shortly before
 * it takes over it gets its final name, under a note that it does not count yet. When the note says
 * that it does, the partition has moved, for every later start.
 */
final class FutureCopies {
  /** The notes of a directory: partitions with {@link #COPYING} or {@link #MOVED}. */
  static final String NOTES = "millrace-moves-checkpoint";

  /** Behind the name of the directory of a future copy. */
  private static final String SUFFIX = "-future";

  private static final Long COPYING = 0L;
  private static final Long MOVED = 1L;
  private static final int ID_DIGITS = 32;
  private static final int NAME_LENGTH_MAX = 255;

  private final Disk disk;
  private final Path path;
  private final Map<TopicPartition, Long> notes;

  FutureCopies(Disk disk, Path path) {
    this.disk = disk;
    this.path = path;
    this.notes = OffsetCheckpoint.read(disk, path.resolve(NOTES));
    tidy();
  }

  /**
   * Whether a partition's future copy can have a directory: very long topic names leave no room.
   */
  static boolean hasName(TopicPartition partition) {
    return name(partition, Uuid.ZERO).length() <= NAME_LENGTH_MAX;
  }

  /** The partition of whose future copy this is the directory's name, or null. */
  static @Nullable TopicPartition of(String name) {
    int dot = name.lastIndexOf('.');
    boolean isFuture =
        name.endsWith(SUFFIX) && dot == name.length() - SUFFIX.length() - ID_DIGITS - 1;
    return isFuture && dot > 0 ? TopicPartition.ofDirectory(name.substring(0, dot)) : null;
  }

  /** The directory of a future copy: the one that is there, or that of one to be begun. */
  Path directory(TopicPartition partition, Uuid topicId) {
    for (String name : disk.list(path)) {
      if (partition.equals(of(name)) && disk.isDirectory(path.resolve(name))) {
        return path.resolve(name);
      }
    }
    return path.resolve(name(partition, topicId));
  }

  /** Notes that the copy here does not count yet, whatever its directory is called. */
  synchronized void noteCopying(TopicPartition partition) {
    note(partition, COPYING);
  }

  /** Notes that the copy here counts, and one elsewhere does not. */
  synchronized void noteMoved(TopicPartition partition) {
    note(partition, MOVED);
  }

  /** Forgets a partition: there is one copy, or there is none. */
  synchronized void forget(TopicPartition partition) {
    if (notes.containsKey(partition)) {
      note(partition, null);
    }
  }

  /** Whether the copy here counts, and one elsewhere does not. */
  synchronized boolean isMoved(TopicPartition partition) {
    return MOVED.equals(notes.get(partition));
  }

  /** Gives copies that do not count the names of such, and forgets those that are gone. */
  private void tidy() {
    Map<TopicPartition, Long> before = Map.copyOf(notes);
    before.forEach((partition, note) -> {
      Path directory = path.resolve(partition.toString());
      boolean isThere = disk.isDirectory(directory);
      if (isThere && note.equals(COPYING)) {
        disk.rename(directory, path.resolve(name(partition, Uuid.ZERO)));
        disk.syncDirectory(path);
      }
      if (!isThere || note.equals(COPYING)) {
        notes.remove(partition);
      }
    });
    if (!notes.equals(before)) {
      OffsetCheckpoint.write(disk, path.resolve(NOTES), notes);
    }
  }

  private void note(TopicPartition partition, @Nullable Long note) {
    Map<TopicPartition, Long> next = new HashMap<>(notes);
    if (note == null) {
      next.remove(partition);
    } else {
      next.put(partition, note);
    }
    OffsetCheckpoint.write(disk, path.resolve(NOTES), next);
    notes.clear();
    notes.putAll(next);
  }

  private static String name(TopicPartition partition, Uuid topicId) {
    HexFormat hex = HexFormat.of();
    return partition
        + "."
        + hex.toHexDigits(topicId.mostSignificantBits())
        + hex.toHexDigits(topicId.leastSignificantBits())
        + SUFFIX;
  }
}
