package dev.millrace.client.producer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes that records may take while they wait. Who finds none waits in line; a record larger than
 * all of it is let in when nothing else is there. Safe for any thread.
 */
final class MemoryGate {
  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private long used;
  private int waiting;
  private boolean closed;

  MemoryGate(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Takes bytes at once, or returns false. */
  boolean tryTake(long bytes) {
    lock.lock();
    try {
      if (waiting > 0 || !fits(bytes)) {
        return false;
      }
      used += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes bytes, waiting for them up to {@code timeoutMs}.
   *
   * @return whether there were any in time
   */
  boolean take(long bytes, long timeoutMs) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      waiting++;
      try {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!fits(bytes) && !closed) {
          if (leftNanos <= 0) {
            return false;
          }
          leftNanos = freed.awaitNanos(leftNanos);
        }
        used += bytes;
        return true;
      } finally {
        waiting--;
        freed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  void free(long bytes) {
    lock.lock();
    try {
      used -= bytes;
      freed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Lets all who wait go on: they find the producer closed. */
  void close() {
    lock.lock();
    try {
      closed = true;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody waits: batches should leave now, full or not. */
  boolean isContended() {
    lock.lock();
    try {
      return waiting > 0;
    } finally {
      lock.unlock();
    }
  }

  long usedBytes() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(long bytes) {
    return used == 0 || used + bytes <= bytesMax;
  }
}
