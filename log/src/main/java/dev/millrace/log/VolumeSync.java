package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One round of group sync in which all its logs are on disk after a sync of their volume. */
final class VolumeSync {
  private final List<PartitionLog> logs;
  private final DirectoryHealth health;
  private final DurableListener listener;
  private final @Nullable Unsynced[] works;
  private final long[] durableEnds;
  private int begun;

  VolumeSync(List<PartitionLog> logs, DirectoryHealth health, DurableListener listener) {
    this.logs = logs;
    this.health = health;
    this.listener = listener;
    this.works = new Unsynced[logs.size()];
    this.durableEnds = new long[logs.size()];
  }

  /** In a turn of the disk owner. */
  void run(Disk.Volume volume) {
    try {
      for (; begun < works.length; begun++) {
        works[begun] = logs.get(begun).flushing().beginFlush();
      }
      stage();
      if (!isEmpty()) {
        volume.sync();
        if (publish()) {
          volume.sync();
        }
        finish();
      }
    } catch (DiskException fault) {
      health.fail(fault);
      return;
    } finally {
      for (int i = 0; i < begun; i++) {
        logs.get(i).flushing().endFlush();
      }
    }
    for (int i = 0; i < works.length; i++) {
      if (works[i] != null && durableEnds[i] >= 0) {
        listener.onDurable(logs.get(i), durableEnds[i]);
      }
    }
  }

  /** Writes what has to be there under another name before it gets its own. */
  private void stage() {
    for (int i = 0; i < works.length; i++) {
      Unsynced work = works[i];
      if (work != null && !work.stage(logs.get(i).files())) {
        logs.get(i).flushing().putBack(work);
        works[i] = null;
      }
    }
  }

  private boolean publish() {
    boolean isAny = false;
    for (int i = 0; i < works.length; i++) {
      Unsynced work = works[i];
      isAny |= work != null && work.publish(logs.get(i).files());
    }
    return isAny;
  }

  private boolean isEmpty() {
    for (Unsynced work : works) {
      if (work != null) {
        return false;
      }
    }
    return true;
  }

  private void finish() {
    for (int i = 0; i < works.length; i++) {
      Unsynced work = works[i];
      durableEnds[i] = work == null ? -1 : logs.get(i).flushing().finishFlush(work);
    }
  }
}
