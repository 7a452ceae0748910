package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.turns.Turns;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Syncs the logs of a directory in rounds. A log that is written while a round runs takes part in
 * the next one, so however many appends there are, there is one sync a log and round: the slower
 * the disk, the larger the groups.
 *
 * <p>{@link #request} may be called from any thread; the syncs run in turns of the disk owner.
 */
final class GroupSync {
  private final Turns disk;
  private final DirectoryHealth health;
  private final DurableListener listener;
  private final ConcurrentLinkedQueue<PartitionLog> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  GroupSync(Turns disk, DirectoryHealth health, DurableListener listener) {
    this.disk = disk;
    this.health = health;
    this.listener = listener;
  }

  /** Has the log synced soon. A log is asked for once until its sync begins. */
  void request(PartitionLog log) {
    waiting.add(log);
    if (scheduled.compareAndSet(false, true)) {
      disk.submit(this::round);
    }
  }

  private void round() {
    scheduled.set(false);
    for (int left = waiting.size(); left > 0; left--) {
      PartitionLog log = waiting.poll();
      if (log == null || !health.isOnline()) {
        return;
      }
      sync(log);
    }
  }

  private void sync(PartitionLog log) {
    try {
      long durableEnd = log.flush();
      if (durableEnd >= 0) {
        listener.onDurable(log, durableEnd);
      }
    } catch (DiskException fault) {
      health.fail(fault);
    }
  }
}
