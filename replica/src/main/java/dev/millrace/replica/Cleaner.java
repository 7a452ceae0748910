package dev.millrace.replica;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.CleaningStep;
import dev.millrace.log.LogCompaction;
import dev.millrace.log.clean.KeyOffsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Compacts the logs of the topics whose cleanup policy asks for it, the dirtiest first. Each thread
 * compacts one log at a time, in turns of about a megabyte, so that it stops soon and keeps to the
 * rate that the settings allow. Settings count from the next turn on.
 */
public final class Cleaner {
  private final Partitions partitions;
  private final IntFunction<Turns> owners;
  private final Clock clock;
  private final RandomGenerator secrets;
  private final CleanerWork work;
  private final List<Worker> workers = new ArrayList<>();
  private volatile boolean stopped;

  /**
   * Begins after the first backoff.
   *
   * @param owners makes an owner for each thread, called with 0, 1 ...; they may block on the disk
   * @param secrets numbers that nobody can guess; safe for any thread
   */
  public Cleaner(
      Partitions partitions, IntFunction<Turns> owners, Clock clock, RandomGenerator secrets) {
    this.partitions = partitions;
    this.owners = owners;
    this.clock = clock;
    this.secrets = secrets;
    this.work = new CleanerWork(partitions, clock);
    addWorker();
  }

  /** What was done so far. For any thread. */
  public CleanerNumbers numbers() {
    return work.numbers();
  }

  /**
   * Begins nothing more, and leaves what is in work.
   *
   * @param idle run in a turn of an owner, when nothing is in work any more
   */
  public void stop(Runnable idle) {
    List<Worker> all;
    synchronized (this) {
      stopped = true;
      all = List.copyOf(workers);
    }
    AtomicInteger left = new AtomicInteger(all.size());
    for (Worker worker : all) {
      worker.turns.submit(() -> {
        worker.leave();
        if (left.decrementAndGet() == 0) {
          idle.run();
        }
      });
    }
  }

  private CleanerSettings settings() {
    return CleanerSettings.of(partitions.brokerSettings());
  }

  private synchronized void addWorker() {
    if (!stopped) {
      int index = workers.size();
      Worker worker = new Worker(index, owners.apply(index));
      workers.add(worker);
      worker.turns.after(settings().backoffMs(), worker::look);
    }
  }

  private synchronized int workerCount() {
    return workers.size();
  }

  /** One thread and what it compacts. All but its making happens in its owner's turns. */
  private final class Worker {
    private final int index;
    private final Turns turns;
    private final Throttle throttle = new Throttle(clock.monotonicNanos());
    private @Nullable Partition partition;
    private @Nullable LogCompaction compaction;
    private long begunMs;

    Worker(int index, Turns turns) {
      this.index = index;
      this.turns = turns;
    }

    /** Looks for work; the first worker makes others when the settings ask for more. */
    void look() {
      if (stopped) {
        return;
      }
      CleanerSettings settings = settings();
      if (index == 0 && workerCount() < settings.threads()) {
        addWorker();
      }
      Partition chosen = index < settings.threads() ? work.take() : null;
      if (chosen == null) {
        turns.after(Math.max(settings.backoffMs(), 1), this::look);
      } else {
        begin(chosen, settings);
      }
    }

    void leave() {
      LogCompaction left = compaction;
      compaction = null;
      if (left != null) {
        left.abandon();
      }
    }

    private void begin(Partition chosen, CleanerSettings settings) {
      begunMs = clock.monotonicMs();
      KeyOffsets keys =
          new KeyOffsets(
              settings.keyBytesOfOne(),
              settings.keyLoadFactor(),
              secrets.nextLong(),
              secrets.nextLong());
      LogCompaction begun =
          chosen
              .log()
              .cleaning()
              .begin(chosen.bounds().highWatermark(), keys, settings.bufferBytesOfOne());
      if (begun == null) {
        work.ended(chosen, new CleaningStep.Overtaken(), 0);
        turns.after(Math.max(settings.backoffMs(), 1), this::look);
      } else {
        partition = chosen;
        compaction = begun;
        turns.submit(this::step);
      }
    }

    private void step() {
      LogCompaction current = compaction;
      Partition of = partition;
      if (current == null || of == null || stopped) {
        return;
      }
      if (step(current) instanceof CleaningStep.More(long bytes)) {
        work.moved(bytes);
        double rate = settings().bytesPerSecondOfOne();
        turns.after(throttle.delayMs(bytes, rate, clock.monotonicNanos()), this::step);
      }
    }

    /** Even after a fault of ours the other logs are compacted. */
    private CleaningStep step(LogCompaction current) {
      CleaningStep step = new CleaningStep.Failed("fault in the cleaner, see the log");
      try {
        step = current.step();
        return step;
      } finally {
        if (!(step instanceof CleaningStep.More)) {
          ended(step);
        }
      }
    }

    private void ended(CleaningStep end) {
      Partition of = partition;
      compaction = null;
      partition = null;
      if (of != null) {
        work.ended(of, end, clock.monotonicMs() - begunMs);
      }
      turns.submit(this::look);
    }
  }
}
