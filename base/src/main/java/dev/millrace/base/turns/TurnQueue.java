package dev.millrace.base.turns;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.TimerHeap;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What an owner that is a thread is made of: tasks from any thread, timeouts, and the rules of
 * sleeping and waking. The thread itself belongs to whoever steps the queue.
 *
 * <p>Other threads push onto a stack that the owner takes as a whole and turns round; the owner's
 * own tasks go to its list directly. The owner is woken only when it really sleeps, so a burst of
 * tasks costs one wake-up. The queue has no limit of its own: what is submitted is bounded by the
 * limits of those who submit.
 */
public final class TurnQueue implements Turns, Clock.Watcher {
  private static final Logger LOG = System.getLogger("dev.millrace.turns");
  private static final long NANOS_PER_MS = 1_000_000;

  /** Delays are cut to this, about 73 years, so that sums of nanoseconds never overflow. */
  private static final long DELAY_MS_MAX = Long.MAX_VALUE / 4 / NANOS_PER_MS;

  private static final Incoming ENDED = new Incoming(() -> {});

  private final String name;
  private final Clock clock;
  private final Runnable wake;
  private final AtomicReference<@Nullable Incoming> incoming = new AtomicReference<>();
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final TimerHeap<WaitingTask> timers = new TimerHeap<>();
  private volatile @Nullable Thread owner;
  private volatile boolean asleep;

  /** One task that another thread pushed, and those that were pushed before it. */
  private static final class Incoming {
    final Runnable task;
    @Nullable Incoming before;

    Incoming(Runnable task) {
      this.task = task;
    }
  }

  /**
   * @param name the owner's name, for messages
   * @param wake called from any thread when the owner sleeps and has work
   */
  public TurnQueue(String name, Clock clock, Runnable wake) {
    this.name = name;
    this.clock = clock;
    this.wake = wake;
    clock.watch(this);
  }

  /** Lets the owner look at its timeouts. */
  @Override
  public void clockMoved() {
    offer(() -> {});
  }

  /** Says that the calling thread is the owner. Comes before the first turn. */
  public void bind() {
    owner = Thread.currentThread();
  }

  /**
   * @throws RejectedExecutionException when the owner has ended
   */
  @Override
  public void submit(Runnable task) {
    if (!offer(task)) {
      throw new RejectedExecutionException("owner has ended, name=" + name);
    }
  }

  /** Like {@link #submit}, but returns false when the owner has ended. */
  public boolean offer(Runnable task) {
    if (inTurn() && incoming.get() != ENDED) {
      ready.add(task);
      return true;
    }
    Incoming node = new Incoming(task);
    Incoming head;
    do {
      head = incoming.get();
      if (head == ENDED) {
        return false;
      }
      node.before = head;
    } while (!incoming.compareAndSet(head, node));
    if (asleep) {
      asleep = false;
      wake.run();
    }
    return true;
  }

  /**
   * @throws RejectedExecutionException when the owner has ended
   */
  @Override
  public Timeout after(long delayMs, Runnable task) {
    long delayNanos = Math.clamp(delayMs, 0, DELAY_MS_MAX) * NANOS_PER_MS;
    WaitingTask waiting = new WaitingTask(this, clock.monotonicNanos() + delayNanos, task);
    if (inTurn() && incoming.get() != ENDED) {
      timers.add(waiting);
    } else {
      submit(() -> start(waiting));
    }
    return waiting;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a thread is only equal to itself
  public boolean inTurn() {
    return Thread.currentThread() == owner;
  }

  /** Runs the tasks that are there and the timeouts that are due. Called by the owner only. */
  public void runTurn() {
    takeIncoming();
    for (int left = ready.size(); left > 0; left--) {
      run(ready.remove());
    }
    long nowNanos = clock.monotonicNanos();
    for (int left = timers.size(); left > 0; left--) {
      WaitingTask due = timers.pollDue(nowNanos);
      if (due == null) {
        break;
      }
      if (due.begin()) {
        run(due.task);
      }
    }
  }

  /**
   * Says that the owner is about to sleep. Called by the owner only; {@link #awake} must follow the
   * sleep.
   *
   * @return nanoseconds that it may sleep: zero when there is work, {@link Long#MAX_VALUE} when
   *     only a wake-up ends the sleep
   */
  public long prepareSleepNanos() {
    if (!ready.isEmpty()) {
      return 0;
    }
    asleep = true;
    if (incoming.get() != null) {
      asleep = false;
      return 0;
    }
    WaitingTask first = timers.peek();
    return first == null
        ? Long.MAX_VALUE
        : Math.max(first.deadlineNanos() - clock.monotonicNanos(), 0);
  }

  /** Says that the owner is up again. */
  public void awake() {
    asleep = false;
  }

  /**
   * Runs the tasks that were submitted until now, forgets all timeouts and refuses everything from
   * now on. Called by the owner only.
   */
  public void end() {
    takeAll(incoming.getAndSet(ENDED));
    while (!ready.isEmpty()) {
      run(ready.remove());
    }
    timers.clear();
  }

  /** Forgets a cancelled timeout, now or in the owner's next turn. */
  void forget(WaitingTask waiting) {
    if (inTurn()) {
      timers.remove(waiting);
    } else {
      offer(() -> timers.remove(waiting));
    }
  }

  private void start(WaitingTask waiting) {
    if (waiting.isWaiting()) {
      timers.add(waiting);
    }
  }

  private void takeIncoming() {
    if (incoming.get() != null && incoming.get() != ENDED) {
      takeAll(incoming.getAndSet(null));
    }
  }

  /** Turns the stack round: the task that was pushed first runs first. */
  private void takeAll(@Nullable Incoming last) {
    Incoming first = null;
    Incoming node = last;
    while (node != null && node != ENDED) {
      Incoming before = node.before;
      node.before = first;
      first = node;
      node = before;
    }
    for (; first != null; first = first.before) {
      ready.add(first.task);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // an owner outlives whatever its tasks throw
  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable fault) {
      report(fault);
    }
  }

  private void report(Throwable fault) {
    try {
      LOG.log(Level.ERROR, "task failed and was dropped, owner=" + name, fault);
    } catch (RuntimeException | Error e) {
      // a log that fails, for want of file descriptors or space, must not end the owner
    }
  }
}
