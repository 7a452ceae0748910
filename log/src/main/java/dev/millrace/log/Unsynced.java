package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.checkpoint.EpochCheckpoint;
import dev.millrace.log.checkpoint.PartitionMetadata;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What a log has to sync so that everything up to its end lasts. Taken over under the partition's
 * lock, done without it.
 *
 * @param end up to it all is on disk when this is done
 * @param segments whose files have unsynced bytes, oldest first; may be changed by its owner
 * @param names whether files were created since the last sync
 * @param directoryName whether the partition's directory itself was created
 * @param epochs of the log, to be written when they changed
 * @param generation of the log's content; a truncation begins another
 */
record Unsynced(
    FlushPoint end,
    List<Segment> segments,
    boolean names,
    boolean directoryName,
    LeaderEpochs epochs,
    boolean epochsChanged,
    int generation) {

  /** Whether there is more to it than the bytes of one segment. */
  boolean isOnlyOf(Segment segment) {
    return !names
        && !directoryName
        && !epochsChanged
        && segments.stream().allMatch(one -> one == segment);
  }

  /** Writes the epochs; false when the disk is too full, so that all has to be done again. */
  boolean write(SegmentFiles files) {
    return !epochsChanged
        || hasRoom(() -> EpochCheckpoint.write(files.disk(), epochPath(files), epochs.starts()));
  }

  /** The first half of {@link #write}: the caller syncs. */
  boolean stage(SegmentFiles files) {
    return !epochsChanged
        || hasRoom(() -> EpochCheckpoint.stage(files.disk(), epochPath(files), epochs.starts()));
  }

  /** The second half: the caller syncs again. Returns whether there was anything to do. */
  boolean publish(SegmentFiles files) {
    if (epochsChanged) {
      WholeFile.publish(files.disk(), epochPath(files));
    }
    return epochsChanged;
  }

  /** Syncs all else, file by file. */
  void sync(SegmentFiles files) {
    Disk disk = files.disk();
    for (Segment segment : segments) {
      segment.file().sync();
    }
    if (directoryName) {
      syncMetadata(files);
      disk.syncDirectory(Objects.requireNonNull(files.directory().getParent()));
    }
    if (names) {
      disk.syncDirectory(files.directory());
    }
  }

  private static Path epochPath(SegmentFiles files) {
    return files.directory().resolve(EpochCheckpoint.NAME);
  }

  private static boolean hasRoom(Runnable writing) {
    try {
      writing.run();
      return true;
    } catch (DiskException fault) {
      if (fault.kind() == DiskException.Kind.FULL) {
        return false;
      }
      throw fault;
    }
  }

  private static void syncMetadata(SegmentFiles files) {
    Path path = files.directory().resolve(PartitionMetadata.NAME);
    try (DiskFile file = files.disk().open(path, Access.WRITE)) {
      file.sync();
    }
  }
}
