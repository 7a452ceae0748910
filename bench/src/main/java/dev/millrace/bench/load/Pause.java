package dev.millrace.bench.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting for an amount of time, because the time itself is what is measured. */
public final class Pause {

  private Pause() {}

  public static void millis(long millis) {
    until(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  public static void seconds(double seconds) {
    until(System.nanoTime() + (long) (seconds * 1e9));
  }

  /** Waits until {@link System#nanoTime} has reached {@code nanos}; late by a timer's slack. */
  public static void until(long nanos) {
    long left = nanos - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = nanos - System.nanoTime();
    }
  }
}
