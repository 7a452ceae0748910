package dev.millrace.server;

import dev.millrace.base.disk.DiskException;
import dev.millrace.log.DurableListener;
import dev.millrace.log.PartitionLog;
import dev.millrace.quorum.log.SoloLog;
import dev.millrace.replica.LogEvents;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes on what log directories report: to the metadata log, which lies in the first of them, and
 * to the partitions. Made before the directories are opened. Safe for any thread.
 */
final class DirectoryEvents {
  private final LogEvents partitions = new LogEvents();
  private volatile @Nullable SoloLog metadata;
  private volatile @Nullable Consumer<DiskException> firstLost;

  LogEvents partitions() {
    return partitions;
  }

  /** From now on the metadata log hears of its directory. */
  void connect(SoloLog log) {
    metadata = log;
  }

  /** {@code lost} hears when the directory of the metadata log goes offline. */
  void whenFirstOffline(Consumer<DiskException> lost) {
    firstLost = lost;
  }

  /** What the directory of the metadata log calls when something is on disk. */
  DurableListener ofFirst() {
    return new DurableListener() {
      @Override
      public void onDurable(PartitionLog log, long durableEnd) {
        SoloLog own = metadata;
        if (own != null) {
          own.onDurable(log, durableEnd);
        }
        partitions.onDurable(log, durableEnd);
      }

      @Override
      public void onDamaged(PartitionLog log) {
        partitions.onDamaged(log);
      }
    };
  }

  /** The directory of the metadata log went offline: the node will end. */
  void firstOffline(DiskException fault) {
    SoloLog own = metadata;
    if (own != null) {
      own.failed(fault);
    }
    Consumer<DiskException> told = firstLost;
    if (told != null) {
      told.accept(fault);
    }
    partitions.onOffline(fault);
  }
}
