package dev.millrace.replica;

import dev.millrace.base.time.Clock;
import dev.millrace.log.CleaningStep;
import dev.millrace.log.LogCleaning;
import dev.millrace.log.LogCleaning.Dirt;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all cleaners of a node share: who compacts what, which partitions are left alone for a
 * while, and the numbers. Safe for any thread.
 */
final class CleanerWork {
  /** A partition whose compaction failed is left alone for so long. */
  static final long RETRY_MS = 60_000;

  private static final System.Logger LOGGER = System.getLogger(CleanerWork.class.getName());

  private final Partitions partitions;
  private final Clock clock;
  private final Set<Partition> inWork = new HashSet<>();
  private final Map<Partition, Failure> failures = new HashMap<>();
  private long compactions;
  private long failureCount;
  private long bytesMoved;
  private long bytesSaved;
  private long lastMs;
  private long keysMax;
  private double dirtiestRatio;

  /** When the partition is tried again, and why it could not be compacted. */
  private record Failure(long untilMs, String why) {}

  CleanerWork(Partitions partitions, Clock clock) {
    this.partitions = partitions;
    this.clock = clock;
  }

  /** The partition that needs a compaction the most, now in work; or null. */
  synchronized @Nullable Partition take() {
    Partition chosen = null;
    double worst = -1;
    dirtiestRatio = 0;
    failures.keySet().removeIf(one -> !one.isOpen());
    for (Partition partition : partitions.all()) {
      Dirt dirt = dirt(partition);
      if (dirt != null) {
        dirtiestRatio = Math.max(dirtiestRatio, dirt.ratio());
        if (dirt.ratio() > worst && isFree(partition) && cleaning(partition).isDue(dirt)) {
          chosen = partition;
          worst = dirt.ratio();
        }
      }
    }
    if (chosen != null) {
      inWork.add(chosen);
    }
    return chosen;
  }

  /** Takes the end of a compaction into account. */
  synchronized void ended(Partition partition, CleaningStep end, long tookMs) {
    inWork.remove(partition);
    switch (end) {
      case CleaningStep.Done done -> {
        failures.remove(partition);
        compactions++;
        lastMs = tookMs;
        bytesSaved += done.bytesBefore() - done.bytesAfter();
        keysMax = Math.max(keysMax, done.keys());
        LOGGER.log(System.Logger.Level.DEBUG, "compacted, partition={0} {1}", partition.id(), done);
      }
      case CleaningStep.Failed failed -> leaveAlone(partition, failed.why());
      case CleaningStep.Overtaken _, CleaningStep.More _ -> {}
    }
  }

  /** Counts what was read and written. */
  synchronized void moved(long bytes) {
    bytesMoved += bytes;
  }

  synchronized CleanerNumbers numbers() {
    long now = clock.monotonicMs();
    long uncleanable = failures.values().stream().filter(one -> one.untilMs > now).count();
    return new CleanerNumbers(
        compactions,
        failureCount,
        bytesMoved,
        bytesSaved,
        lastMs,
        keysMax,
        (int) uncleanable,
        dirtiestRatio);
  }

  private void leaveAlone(Partition partition, String why) {
    failureCount++;
    Failure before = failures.put(partition, new Failure(clock.monotonicMs() + RETRY_MS, why));
    if (before == null || !before.why.equals(why)) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "partition is not compacted, tried again every {0} s: {1}, partition={2}",
          RETRY_MS / 1000,
          why,
          partition.id());
    }
  }

  private boolean isFree(Partition partition) {
    Failure failure = failures.get(partition);
    return !inWork.contains(partition)
        && (failure == null || failure.untilMs <= clock.monotonicMs());
  }

  private static @Nullable Dirt dirt(Partition partition) {
    return partition.isOpen() ? cleaning(partition).dirt(partition.bounds().highWatermark()) : null;
  }

  private static LogCleaning cleaning(Partition partition) {
    return partition.log().cleaning();
  }
}
