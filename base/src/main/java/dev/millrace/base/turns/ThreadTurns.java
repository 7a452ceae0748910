package dev.millrace.base.turns;

import dev.millrace.base.time.SystemClock;
import java.util.concurrent.locks.LockSupport;

/**
 * An owner that is a thread of its own. Its tasks may block where the plan of threads allows it.
 * Tasks that come after {@link #close()} are refused with {@link
 * java.util.concurrent.RejectedExecutionException}.
 */
public final class ThreadTurns implements Turns, AutoCloseable {
  private final TurnQueue queue;
  private final Thread thread;
  private boolean closing;

  private ThreadTurns(String name) {
    queue = new TurnQueue(name, SystemClock.INSTANCE, this::wake);
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /**
   * Starts an owner.
   *
   * @param name of the owner and its thread
   */
  public static ThreadTurns start(String name) {
    ThreadTurns turns = new ThreadTurns(name);
    turns.thread.start();
    return turns;
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
    LockSupport.unpark(thread);
  }
}
