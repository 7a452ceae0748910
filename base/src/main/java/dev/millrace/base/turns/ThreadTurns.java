package dev.millrace.base.turns;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import java.util.concurrent.locks.LockSupport;

/**
 * An owner that is a thread of its own. Its tasks may block where the plan of threads allows it.
 * The thread begins with the first task, so an owner without work costs next to nothing. Tasks that
 * come after {@link #close()} are refused with {@link
 * java.util.concurrent.RejectedExecutionException}.
 */
public final class ThreadTurns implements Turns, AutoCloseable {
  private final TurnQueue queue;
  private final Thread thread;
  private boolean begun;
  private boolean closing;

  private ThreadTurns(String name, Clock clock) {
    queue = new TurnQueue(name, clock, this::wake);
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    queue.prepareSleepNanos(); // so that the first task wakes it
  }

  /**
   * A new owner, which sleeps until its first task.
   *
   * @param name of the owner and its thread
   */
  public static ThreadTurns start(String name) {
    return start(name, SystemClock.INSTANCE);
  }

  /**
   * The same by another clock.
   *
   * @param name of the owner and its thread
   */
  public static ThreadTurns start(String name, Clock clock) {
    return new ThreadTurns(name, clock);
  }

  @Override
  public void submit(Runnable task) {
    queue.submit(task);
  }

  @Override
  public Timeout after(long delayMs, Runnable task) {
    return queue.after(delayMs, task);
  }

  @Override
  public boolean inTurn() {
    return queue.inTurn();
  }

  /**
   * Runs the tasks that were submitted before, forgets the timeouts and ends the thread. Returns
   * once it has ended; in a turn of this owner it returns at once and the thread ends after the
   * turn.
   */
  @Override
  public void close() {
    queue.offer(() -> closing = true);
    if (inTurn()) {
      return;
    }
    begin();
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
    while (!closing) {
      long sleepNanos = queue.prepareSleepNanos();
      if (sleepNanos > 0) {
        LockSupport.parkNanos(this, sleepNanos);
      }
      queue.awake();
      Thread.interrupted(); // a task that was interrupted must not keep the owner from sleeping
      queue.runTurn();
    }
    queue.end();
  }

  private void wake() {
    if (thread.isAlive()) {
      LockSupport.unpark(thread);
    } else {
      begin();
    }
  }

  /** Returns once the thread has been started, by whomever. */
  private synchronized void begin() {
    if (!begun) {
      thread.start();
      begun = true;
    }
  }
}
