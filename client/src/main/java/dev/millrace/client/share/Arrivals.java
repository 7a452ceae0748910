package dev.millrace.client.share;

import dev.millrace.client.consumer.ConsumerException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the owner has for the polling thread: faults first, then records. Any thread. */
final class Arrivals {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Acquired> records = new ArrayDeque<>();
  private @Nullable ConsumerException fault;
  private boolean woken;

  void add(Acquired acquired) {
    locked(() -> records.add(acquired));
  }

  /** Puts back what was not used up; it comes first again. */
  void putBack(Acquired acquired) {
    locked(() -> records.addFirst(acquired));
  }

  void add(ConsumerException failed) {
    locked(() -> fault = failed);
  }

  /** Ends the wait of now, or the next one. */
  void wake() {
    locked(() -> woken = true);
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return records.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next records; null when none came in time.
   *
   * @throws ConsumerException a fault, once
   */
  @Nullable Acquired take(long timeoutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long leftNanos = timeoutNanos;
      while (true) {
        ConsumerException failed = fault;
        if (failed != null) {
          fault = null;
          throw failed;
        }
        if (!records.isEmpty()) {
          return records.remove();
        }
        if (woken) {
          woken = false;
          throw new ConsumerException.Woken();
        }
        if (leftNanos <= 0) {
          return null;
        }
        leftNanos = changed.awaitNanos(leftNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
