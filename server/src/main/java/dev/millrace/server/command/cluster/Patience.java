package dev.millrace.server.command.cluster;

import dev.millrace.base.time.SystemClock;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that takes a while in the cluster. */
final class Patience {
  private static final long LOOK_NANOS = 500_000_000;

  private final long startMs = SystemClock.INSTANCE.monotonicMs();
  private final long msMax;

  /**
   * @param seconds longest wait; 0 for as long as it takes
   */
  Patience(int seconds) {
    this.msMax = seconds == 0 ? Long.MAX_VALUE : seconds * 1_000L;
  }

  /** Returns whether {@code done} came true in time. */
  boolean until(BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      if (elapsedMs() > msMax || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  /** Since it began. */
  long elapsedMs() {
    return SystemClock.INSTANCE.monotonicMs() - startMs;
  }

  /** The same for people: {@code 12.3}. */
  String seconds() {
    return String.format(Locale.ROOT, "%.1f", elapsedMs() / 1_000.0);
  }
}
