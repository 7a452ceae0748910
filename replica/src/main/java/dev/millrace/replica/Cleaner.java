package dev.millrace.replica;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.CleaningStep;
import dev.millrace.log.LogCompaction;
import dev.millrace.log.clean.KeyOffsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Compacts the logs of the topics whose cleanup policy asks for it, the dirtiest first. The keeper
 * looks for work; threads of their own do it, one log at a time each, in turns of about a megabyte,
 * so that they stop soon and keep to the rate that the settings allow. A node without compacted
 * topics has no such thread. Settings count from the next turn on.
 */
public final class Cleaner {
  private final Partitions partitions;
  private final Turns keeper;
  private final IntFunction<Turns> owners;
  private final Clock clock;
  private final RandomGenerator secrets;
  private final CleanerWork work;

  /** All workers, and those that do nothing. These and the timeout belong to the keeper. */
  private final List<Worker> workers = new ArrayList<>();

  private final Deque<Worker> idle = new ArrayDeque<>();
  private Timeout nextLook;
  private volatile boolean stopped;

  /**
   * Begins after the first backoff.
   *
   * @param keeper looks for work in its turns
   * @param owners makes an owner for each thread, called with 0, 1 ... when it is needed; they may
   *     block on the disk
   * @param secrets numbers that nobody can guess; used in the keeper's turns
   */
  public Cleaner(
      Partitions partitions,
      Turns keeper,
      IntFunction<Turns> owners,
      Clock clock,
      RandomGenerator secrets) {
    this.partitions = partitions;
    this.keeper = keeper;
    this.owners = owners;
    this.clock = clock;
    this.secrets = secrets;
    this.work = new CleanerWork(partitions, clock);
    this.nextLook = keeper.after(settings().backoffMs(), this::look);
  }

  /** What was done so far. For any thread. */
  public CleanerNumbers numbers() {
    return work.numbers();
  }

  /**
   * Begins nothing more, and leaves what is in work.
   *
   * @param done run in a turn of an owner, when nothing is in work any more
   */
  public void stop(Runnable done) {
    stopped = true;
    keeper.submit(() -> {
      nextLook.cancel();
      AtomicInteger left = new AtomicInteger(workers.size() + 1);
      Runnable one =
          () -> {
            if (left.decrementAndGet() == 0) {
              done.run();
            }
          };
      workers.forEach(worker -> worker.turns.submit(() -> worker.leave(one)));
      one.run();
    });
  }

  private CleanerSettings settings() {
    return CleanerSettings.of(partitions.brokerSettings());
  }

  private void look() {
    if (stopped) {
      return;
    }
    CleanerSettings settings = settings();
    nextLook.cancel();
    nextLook = keeper.after(Math.max(settings.backoffMs(), 1), this::look);
    while (workers.size() - idle.size() < settings.threads()) {
      Partition chosen = work.take();
      if (chosen == null) {
        return;
      }
      begin(chosen, settings);
    }
  }

  private void begin(Partition chosen, CleanerSettings settings) {
    Worker free = idle.poll();
    if (free == null) {
      free = new Worker(owners.apply(workers.size()));
      workers.add(free);
    }
    Worker worker = free;
    KeyOffsets keys =
        new KeyOffsets(
            settings.keyBytesOfOne(),
            settings.keyLoadFactor(),
            secrets.nextLong(),
            secrets.nextLong());
    worker.turns.submit(() -> worker.begin(chosen, keys, settings.bufferBytesOfOne()));
  }

  /** A worker has nothing to do any more. */
  private void free(Worker worker, boolean isMore) {
    keeper.submit(() -> {
      idle.add(worker);
      if (isMore) {
        look();
      }
    });
  }

  /** One thread and what it compacts. Everything happens in its owner's turns. */
  private final class Worker {
    private final Turns turns;
    private Throttle throttle = new Throttle(clock.monotonicNanos());
    private double rate;
    private @Nullable Partition partition;
    private @Nullable LogCompaction compaction;
    private long begunMs;

    Worker(Turns turns) {
      this.turns = turns;
    }

    void begin(Partition chosen, KeyOffsets keys, int bufferBytes) {
      begunMs = clock.monotonicMs();
      partition = chosen;
      try {
        long highWatermark = chosen.bounds().highWatermark();
        compaction =
            stopped ? null : chosen.log().cleaning().begin(highWatermark, keys, bufferBytes);
      } finally {
        if (compaction == null) {
          ended(new CleaningStep.Overtaken(), false);
        } else {
          turns.submit(this::step);
        }
      }
    }

    void leave(Runnable left) {
      LogCompaction current = compaction;
      compaction = null;
      if (current != null) {
        current.abandon();
      }
      left.run();
    }

    private void step() {
      LogCompaction current = compaction;
      if (current == null || stopped) {
        return;
      }
      if (step(current) instanceof CleaningStep.More(long bytes)) {
        work.moved(bytes);
        takeRate();
        long waitMs = throttle.delayMs(bytes, rate, clock.monotonicNanos());
        RateWait.after(turns, waitMs, () -> !stopped && !takeRate(), this::step);
      }
    }

    /**
     * Returns whether it is a new one: that begins anew, as the old one may have asked for hours.
     */
    private boolean takeRate() {
      double now = settings().bytesPerSecondOfOne();
      if (now == rate) {
        return false;
      }
      rate = now;
      throttle = new Throttle(clock.monotonicNanos());
      return true;
    }

    /** Even after a fault of ours the other logs are compacted. */
    private CleaningStep step(LogCompaction current) {
      CleaningStep step = new CleaningStep.Failed("fault in the cleaner, see the log");
      try {
        step = current.step();
        return step;
      } finally {
        if (!(step instanceof CleaningStep.More)) {
          ended(step, true);
        }
      }
    }

    private void ended(CleaningStep end, boolean isMore) {
      Partition of = partition;
      compaction = null;
      partition = null;
      if (of != null) {
        work.ended(of, end, clock.monotonicMs() - begunMs);
      }
      free(this, isMore);
    }
  }
}
