package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskFile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the own files of logs hold what the journal stands for. The bytes are written file by file
 * first, so that the disk is not kept from the journal's next write for long; then few files are
 * synced one by one, many by a sync of their volume.
 */
final class Settlement {
  /** More logs are synced by their volume. */
  private static final int ONE_BY_ONE_MAX = 4;

  private final Disk.@Nullable Volume volume;

  /**
   * @param volume that was open before the first of these bytes was written; null for none
   */
  Settlement(Disk.@Nullable Volume volume) {
    this.volume = volume;
  }

  /**
   * What a log has taken over to be synced.
   *
   * @param durableEnd the log is on disk to here when the files are synced
   * @param files held open
   */
  record Part(PartitionLog log, long durableEnd, List<DiskFile> files) {
    void sync() {
      files.forEach(DiskFile::sync);
    }

    void release() {
      files.forEach(DiskFile::release);
    }
  }

  /** Has a log's bytes written while there are few. */
  void writeOut(PartitionLog log) {
    if (volume == null) {
      log.flushing().settle();
    } else {
      log.flushing().unsettled().paths().forEach(volume::writeOut);
    }
  }

  void settle(List<PartitionLog> logs) {
    if (volume != null) {
      logs.forEach(this::writeOut);
    }
    if (volume == null || logs.size() <= ONE_BY_ONE_MAX) {
      logs.forEach(log -> log.flushing().settle());
    } else {
      settle(logs, volume);
    }
  }

  private static void settle(List<PartitionLog> logs, Disk.Volume whole) {
    List<Part> parts = new ArrayList<>(logs.size());
    try {
      for (PartitionLog log : logs) {
        parts.add(log.flushing().beginSettle());
      }
      whole.sync();
      parts.forEach(part -> part.log().flushing().noteSettled(part));
    } finally {
      for (Part part : parts) {
        part.release();
        part.log().flushing().endSettle();
      }
    }
  }
}
