package dev.millrace.replica;

import dev.millrace.base.time.Clock;

/**
 * A rate to which copying is kept (KIP-73): what was copied is paid for by time in which nothing
 * more is. Safe for any thread.
 */
final class ReplicationQuota {
  /** No limit. */
  static final long UNLIMITED = Long.MAX_VALUE;

  private final Clock clock;
  private volatile long bytesPerSecond = UNLIMITED;
  private Throttle throttle;

  ReplicationQuota(Clock clock) {
    this.clock = clock;
    this.throttle = new Throttle(clock.monotonicNanos());
  }

  /** Changes the rate; what was copied before is forgotten. */
  void rate(long next) {
    if (next != bytesPerSecond) {
      synchronized (this) {
        bytesPerSecond = next;
        throttle = new Throttle(clock.monotonicNanos());
      }
    }
  }

  /** Bytes a second, or {@link #UNLIMITED}. */
  long rate() {
    return bytesPerSecond;
  }

  /** Whether nothing may be copied at this moment. */
  boolean isExceeded() {
    return delayMs(0) > 0;
  }

  /**
   * Notes that so many bytes were copied.
   *
   * @return how long nothing more may be, ms
   */
  long delayMs(long bytes) {
    if (bytesPerSecond == UNLIMITED) {
      return 0;
    }
    synchronized (this) {
      return throttle.delayMs(bytes, (double) bytesPerSecond, clock.monotonicNanos());
    }
  }
}
