package dev.millrace.replica;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import java.util.ArrayList;
import java.util.List;

/**
 * What has to be done for the partitions from time to time: retention, forgetting idle producers,
 * and the checkpoints that make the next start quick. Everything runs in turns of its owner, which
 * may wait for the disk.
 */
public final class Keeper {
  /** Not all work begins when the node does. */
  private static final long FIRST_MS_MAX = 30_000;

  private final Partitions partitions;
  private final Turns owner;
  private final List<Timeout> timeouts = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * How long from one time to the next, milliseconds.
   *
   * @param retention {@code log.retention.check.interval.ms}
   * @param checkpoint {@code log.flush.offset.checkpoint.interval.ms}
   * @param highWatermark {@code replica.high.watermark.checkpoint.interval.ms}
   * @param producers {@code producer.id.expiration.check.interval.ms}
   */
  public record Intervals(long retention, long checkpoint, long highWatermark, long producers) {
    /** Reads the intervals of a node. */
    public static Intervals of(BrokerSettings settings) {
      return new Intervals(
          settings.longValue("log.retention.check.interval.ms"),
          settings.longValue("log.flush.offset.checkpoint.interval.ms"),
          settings.longValue("replica.high.watermark.checkpoint.interval.ms"),
          settings.longValue("producer.id.expiration.check.interval.ms"));
    }
  }

  /** Begins at once. */
  public Keeper(Partitions partitions, Turns owner, Intervals intervals) {
    this.partitions = partitions;
    this.owner = owner;
    owner.submit(() -> {
      repeat(intervals.retention, this::deleteOldSegments);
      repeat(intervals.checkpoint, this::checkpoint);
      repeat(intervals.highWatermark, partitions::writeHighWatermarks);
      repeat(intervals.producers, this::expireProducers);
    });
  }

  /**
   * Begins nothing more.
   *
   * @param idle run in a turn of the owner, when nothing is in work any more
   */
  public void stop(Runnable idle) {
    stopped = true;
    owner.submit(() -> {
      timeouts.forEach(Timeout::cancel);
      idle.run();
    });
  }

  private void repeat(long intervalMs, Runnable work) {
    int at = timeouts.size();
    timeouts.add(owner.after(Math.min(intervalMs, FIRST_MS_MAX), () -> run(at, intervalMs, work)));
  }

  private void run(int at, long intervalMs, Runnable work) {
    if (stopped) {
      return;
    }
    timeouts.set(at, owner.after(intervalMs, () -> run(at, intervalMs, work)));
    work.run();
  }

  private void deleteOldSegments() {
    partitions.all().forEach(Partition::deleteOldSegments);
  }

  private void checkpoint() {
    partitions.replicaDirectories().forEach(one -> one.directory().checkpoint());
  }

  private void expireProducers() {
    partitions.all().forEach(one -> one.log().expireProducers());
  }
}
