package dev.millrace.log;

/**
 * How fast bytes come to be flushed. Where they come fast, rounds are large and to write them twice
 * costs more of the processor and the disk than it saves of the time. Belongs to the disk owner.
 */
final class FlushRate {
  /** Above it bytes are written once, bytes a second. */
  static final long HIGH = 192L << 20;

  private static final long WINDOW_NANOS = 100_000_000;
  private static final double SECOND_NANOS = 1e9;

  private long begunNanos;
  private long bytes;
  private boolean isHigh;

  FlushRate(long nowNanos) {
    this.begunNanos = nowNanos;
  }

  /** Notes what a round has to flush. Returns whether the rate was high lately. */
  boolean isHigh(long roundBytes, long nowNanos) {
    long elapsed = nowNanos - begunNanos;
    if (elapsed >= WINDOW_NANOS) {
      isHigh = bytes > HIGH * (elapsed / SECOND_NANOS);
      begunNanos = nowNanos;
      bytes = 0;
    }
    bytes += roundBytes;
    return isHigh;
  }
}
