package dev.millrace.replica;

/** Keeps work to a rate by telling how long to wait after each piece. Belongs to one owner. */
final class Throttle {
  private static final double NANOS = 1e9;

  private long readyAtNanos;

  /** Starts with a clean slate. */
  Throttle(long nowNanos) {
    this.readyAtNanos = nowNanos;
  }

  /**
   * How long to wait now, ms.
   *
   * @param bytes that were moved since the last time
   * @param bytesPerSecond the rate; time that passed without work is not made good
   */
  long delayMs(long bytes, double bytesPerSecond, long nowNanos) {
    double neededNanos = bytes / Math.max(bytesPerSecond, 1) * NANOS;
    long from = Math.max(readyAtNanos, nowNanos - (long) neededNanos);
    readyAtNanos = from + (long) Math.min(neededNanos, Long.MAX_VALUE / 4.0);
    return Math.max(readyAtNanos - nowNanos, 0) / 1_000_000;
  }
}
