package dev.millrace.base.sim;

import dev.millrace.base.time.Clock;

/**
 * Clocks that move only when they are told to. The monotonic origin may be negative, as the
 * contract of {@link Clock#monotonicNanos()} allows. Belongs to the simulating thread.
 */
public final class SimClock implements Clock {
  /** Wall-clock time at the start of a simulation: 2026-01-01T00:00:00Z. */
  public static final long START_WALL_MS = 1_767_225_600_000L;

  private static final long NANOS_PER_MS = 1_000_000;

  private final long originNanos;
  private long elapsedNanos;
  private long wallShiftMs;

  /**
   * @param originNanos first reading of the monotonic clock
   */
  public SimClock(long originNanos) {
    this.originNanos = originNanos;
  }

  @Override
  public long wallMs() {
    return START_WALL_MS + wallShiftMs + elapsedNanos / NANOS_PER_MS;
  }

  @Override
  public long monotonicNanos() {
    return originNanos + elapsedNanos;
  }

  /** Nanoseconds since the simulation began. */
  public long elapsedNanos() {
    return elapsedNanos;
  }

  /** Lets time pass on both clocks. */
  public void advanceNanos(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("monotonic time does not go back, nanos=" + nanos);
    }
    elapsedNanos += nanos;
  }

  /** Lets the wall clock jump, forwards or back; monotonic time does not notice. */
  public void jumpWallMs(long ms) {
    wallShiftMs += ms;
  }
}
