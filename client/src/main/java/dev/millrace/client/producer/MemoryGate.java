package dev.millrace.client.producer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes that records may take while they wait. Who finds none waits in line; a record larger than
 * all of it is let in when nothing else is there. Safe for any thread; there is no lock on the way
 * of a record that finds room.
 */
final class MemoryGate {
  /** Who waits is woken when this part of all is free again, so that not every batch wakes. */
  private static final int WAKE_PART = 8;

  private final long bytesMax;
  private final long wakeAt;
  private final AtomicLong used = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();

  /** Changed under the lock. */
  private volatile int waiting;

  private volatile boolean closed;

  MemoryGate(long bytesMax) {
    this.bytesMax = bytesMax;
    this.wakeAt = bytesMax - bytesMax / WAKE_PART;
  }

  /** Takes bytes at once, or returns false. */
  boolean tryTake(long bytes) {
    return waiting == 0 && takeNow(bytes);
  }

  private boolean takeNow(long bytes) {
    long now = used.get();
    while (now == 0 || now + bytes <= bytesMax) {
      long seen = used.compareAndExchange(now, now + bytes);
      if (seen == now) {
        return true;
      }
      now = seen;
    }
    return false;
  }

  /**
   * Takes bytes, waiting for them up to {@code timeoutMs}.
   *
   * @return whether there were any in time
   */
  boolean take(long bytes, long timeoutMs) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      changeWaiting(1);
      try {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!takeNow(bytes)) {
          if (closed) {
            used.addAndGet(bytes);
            return true;
          }
          if (leftNanos <= 0) {
            return false;
          }
          leftNanos = freed.awaitNanos(leftNanos);
        }
        return true;
      } finally {
        changeWaiting(-1);
        freed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // the lock is held
  private void changeWaiting(int by) {
    waiting += by;
  }

  void free(long bytes) {
    long left = used.addAndGet(-bytes);
    if (waiting > 0 && left <= wakeAt) {
      lock.lock();
      try {
        freed.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Lets all who wait go on: they find the producer closed. */
  void close() {
    closed = true;
    lock.lock();
    try {
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody waits: batches should leave now, full or not. */
  boolean isContended() {
    return waiting > 0;
  }

  long usedBytes() {
    return used.get();
  }
}
