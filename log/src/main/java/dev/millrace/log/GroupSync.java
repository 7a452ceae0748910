package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Syncs the logs of a directory in rounds. A log that is written while a round runs takes part in
 * the next one, so however many appends there are, there is one sync a log and round: the slower
 * the disk, the larger the groups. Where it is cheaper, a round syncs the whole volume at once:
 * docs/decisions/0045.
 *
 * <p>{@link #request} may be called from any thread; the syncs run in turns of the disk owner.
 */
final class GroupSync {
  /** After so long the volume is looked for, which costs some milliseconds once. */
  private static final long LOOK_MS = 1000;

  private final Where where;
  private final DirectoryHealth health;
  private final DurableListener listener;
  private final ConcurrentLinkedQueue<PartitionLog> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final LazyJournal journal;
  private final SyncCosts costs = new SyncCosts();
  private final FlushRate rate;
  private Disk.@Nullable Volume volume;
  private boolean lookedForVolume;

  /**
   * Where a group syncs.
   *
   * @param owner of the directory's disk work
   */
  record Where(Disk disk, Path directory, Clock clock, Turns owner) {}

  GroupSync(Where where, DirectoryHealth health, DurableListener listener, LazyJournal journal) {
    this.where = where;
    this.journal = journal;
    this.rate = new FlushRate(where.clock.monotonicNanos());
    this.health = health;
    this.listener = listener;
    where.owner.after(LOOK_MS, this::findVolume);
  }

  /** Has the log synced soon. A log is asked for once until its sync begins. */
  void request(PartitionLog log) {
    waiting.add(log);
    if (scheduled.compareAndSet(false, true)) {
      where.owner.submit(this::round);
    }
  }

  /** The directory's journal. */
  LazyJournal journal() {
    return journal;
  }

  /** Lets the volume go; later rounds sync each log by itself. In a turn of the owner. */
  void release() {
    Disk.Volume open = volume;
    volume = null;
    lookedForVolume = true;
    if (open != null) {
      open.close();
    }
  }

  private void round() {
    scheduled.set(false);
    List<PartitionLog> logs = new ArrayList<>();
    for (int left = waiting.size(); left > 0; left--) {
      PartitionLog log = waiting.poll();
      if (log != null && log.flushing().hasOldWrites()) {
        sync(log);
      } else if (log != null) {
        logs.add(log);
      }
    }
    List<PartitionLog> left = journaled(logs);
    if (!left.isEmpty() && health.isOnline()) {
      journal.missed();
      sync(left);
    }
  }

  /** Has the journal take what it may and what is cheaper so. Returns the logs to be synced. */
  private List<PartitionLog> journaled(List<PartitionLog> logs) {
    FlushJournal open = journal.now();
    if (open == null || !health.isOnline()) {
      return logs;
    }
    List<PartitionLog> taken = new ArrayList<>(logs.size());
    List<PartitionLog> left = new ArrayList<>();
    long bytes = 0;
    for (PartitionLog log : logs) {
      int ofLog = log.flushing().journalableBytes();
      bytes += Math.max(ofLog, 0);
      (ofLog < 0 ? left : taken).add(log);
    }
    boolean isFast = rate.isHigh(bytes, where.clock.monotonicNanos());
    if (taken.isEmpty() || isFast || !open.accepts(taken.size(), bytes)) {
      return logs;
    }
    new JournalRound(taken, health, listener).run(open);
    return left;
  }

  /** Tells that a log is damaged. */
  void damaged(PartitionLog log) {
    listener.onDamaged(log);
  }

  private void sync(List<PartitionLog> logs) {
    if (logs.size() > 1) {
      findVolume();
    }
    Disk.Volume whole = volume;
    long begun = where.clock.monotonicNanos();
    if (whole != null && costs.isWholeCheaper(logs.size())) {
      new VolumeSync(logs, health, listener).run(whole);
      costs.whole(where.clock.monotonicNanos() - begun);
    } else {
      logs.forEach(this::sync);
      costs.oneByOne(logs.size(), where.clock.monotonicNanos() - begun);
    }
  }

  private void findVolume() {
    if (!lookedForVolume) {
      lookedForVolume = true;
      volume = where.disk.volume(where.directory);
    }
  }

  private void sync(PartitionLog log) {
    if (!health.isOnline()) {
      return;
    }
    try {
      long durableEnd = log.flushing().flush();
      if (durableEnd >= 0) {
        listener.onDurable(log, durableEnd);
      }
    } catch (DiskException fault) {
      health.fail(fault);
    }
  }
}
