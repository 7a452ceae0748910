package dev.millrace.net.loop;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.TurnQueue;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.frame.LoopMemory;
import dev.millrace.net.frame.MemoryBudget;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for its sockets and runs their work. Its tasks never block. Tasks that come
 * after the end are refused with {@link java.util.concurrent.RejectedExecutionException}.
 */
public final class EventLoop implements Turns {
  private static final Logger LOG = System.getLogger("dev.millrace.net");
  private static final long NANOS_PER_MS = 1_000_000;
  private static final long SWEEP_MS = 1000;

  private final Clock clock;
  private final QuietLog quietLog;
  private final MemoryBudget budget;
  private final TurnQueue queue;
  private final Selector selector;
  private final Consumer<SelectionKey> readiness = this::ready;
  private final Thread thread;
  private final CompletableFuture<@Nullable Void> started = new CompletableFuture<>();
  private final AtomicInteger load = new AtomicInteger();
  private @Nullable LoopMemory memory;
  private long nowMs;
  private long sweepMs = SWEEP_MS;
  private boolean begun;
  private boolean sweeping;
  private boolean closing;

  private EventLoop(String name, MemoryBudget budget, Clock clock) throws IOException {
    this.clock = clock;
    this.quietLog = new QuietLog(LOG, clock);
    this.budget = budget;
    this.selector = Selector.open();
    this.queue = new TurnQueue(name, clock, selector::wakeup);
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /**
   * Starts a loop, and returns when it runs.
   *
   * @param name of the loop and its thread
   * @param budget for the frames of its sockets, shared with other loops
   * @throws IllegalStateException when the system does not give it what it needs
   */
  public static EventLoop start(String name, MemoryBudget budget) {
    return start(name, budget, SystemClock.INSTANCE);
  }

  /** The same by another clock. */
  public static EventLoop start(String name, MemoryBudget budget, Clock clock) {
    try {
      EventLoop loop = new EventLoop(name, budget, clock);
      loop.thread.start();
      loop.started.join();
      return loop;
    } catch (IOException | CompletionException e) {
      throw new IllegalStateException("event loop can not start, name=" + name, e);
    }
  }

  @Override
  public void submit(Runnable task) {
    queue.submit(task);
  }

  /** Like {@link #submit}, but returns false when the loop has ended. */
  public boolean offer(Runnable task) {
    return queue.offer(task);
  }

  @Override
  public Timeout after(long delayMs, Runnable task) {
    return queue.after(delayMs, task);
  }

  @Override
  public boolean inTurn() {
    return queue.inTurn();
  }

  /** Monotonic milliseconds when this turn began. In turns only. */
  public long nowMs() {
    return nowMs;
  }

  /** The loop's buffers. In turns only. */
  public LoopMemory memory() {
    if (memory == null) {
      throw new IllegalStateException("loop has ended, name=" + thread.getName());
    }
    return memory;
  }

  /** Memory for frames, shared with other loops. Safe for any thread. */
  public MemoryBudget budget() {
    return budget;
  }

  /** Where complaints about peers go. Safe for any thread. */
  public QuietLog log() {
    return quietLog;
  }

  /**
   * How much the loop has to do, or is about to get: one for each socket, more for those that are
   * busy. Whoever gives it one counts it here, and whoever closes it takes it away. Safe for any
   * thread.
   */
  public AtomicInteger load() {
    return load;
  }

  /**
   * Attaches a non-blocking channel. In turns only.
   *
   * @param operations that it waits for, of {@link SelectionKey}
   * @param sweepMs wishes {@link Port#sweep} at least that often
   */
  public SelectionKey attach(SelectableChannel channel, int operations, Port port, long sweepMs)
      throws IOException {
    SelectionKey key = channel.register(selector, operations, port);
    this.sweepMs = Math.min(this.sweepMs, Math.max(sweepMs, 1));
    if (!sweeping) {
      sweeping = true;
      after(this.sweepMs, this::sweep);
    }
    return key;
  }

  /**
   * Fails all sockets, runs the tasks that were submitted before, and ends the thread. Returns once
   * it has ended; not to be called in the loop's own turns.
   */
  public void close() {
    if (inTurn()) {
      throw new IllegalStateException("a loop can not wait for itself, name=" + thread.getName());
    }
    queue.offer(() -> closing = true);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    queue.bind();
    try (Selector selecting = selector;
        LoopMemory buffers = new LoopMemory(budget)) {
      memory = buffers;
      started.complete(null);
      try {
        turnUntilClosed(selecting);
      } finally {
        failAll();
        queue.end();
        failAll(); // what the last tasks have attached
        memory = null;
      }
    } catch (IOException | RuntimeException | Error e) {
      started.completeExceptionally(e);
      LOG.log(Level.ERROR, "event loop has ended, name=" + thread.getName(), e);
    }
  }

  private void turnUntilClosed(Selector selecting) throws IOException {
    while (!closing) {
      select(selecting);
      begin();
      queue.runTurn();
      begun = false;
    }
  }

  private void select(Selector selecting) throws IOException {
    long sleepNanos = queue.prepareSleepNanos();
    if (sleepNanos == 0) {
      selecting.selectNow(readiness);
    } else if (sleepNanos == Long.MAX_VALUE) {
      selecting.select(readiness);
    } else {
      selecting.select(readiness, (sleepNanos + NANOS_PER_MS - 1) / NANOS_PER_MS);
    }
  }

  /** The turn begins with the first socket that is ready, or after the sleep. */
  private void begin() {
    if (!begun) {
      begun = true;
      queue.awake();
      nowMs = clock.monotonicMs();
    }
  }

  private void ready(SelectionKey key) {
    begin();
    Port port = (Port) key.attachment();
    try {
      port.ready();
    } catch (Throwable fault) {
      fail(port, fault);
    }
  }

  private void fail(Port port, Throwable fault) {
    try {
      port.fail(fault);
    } catch (Throwable another) {
      quietLog.warn("socket failed twice, loop=" + thread.getName() + " fault=" + another);
    }
  }

  private void sweep() {
    memory().pool().trim();
    for (SelectionKey key : selector.keys()) {
      Port port = (Port) key.attachment();
      try {
        port.sweep(nowMs);
      } catch (Throwable fault) {
        fail(port, fault);
      }
    }
    sweeping = !selector.keys().isEmpty();
    if (sweeping) {
      after(sweepMs, this::sweep);
    } else {
      memory().pool().trim();
    }
  }

  private void failAll() {
    IOException ended = new IOException("loop has ended");
    for (SelectionKey key : new ArrayList<>(selector.keys())) {
      fail((Port) key.attachment(), ended);
    }
  }
}
