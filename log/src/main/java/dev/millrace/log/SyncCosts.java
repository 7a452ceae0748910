package dev.millrace.log;

/**
 * What syncs have cost lately, to choose the cheaper way for the next round: each log by itself, or
 * the whole volume at once. The volume costs little more than one file where the logs are all that
 * is written to it, but it waits for whatever others write. Belongs to the disk owner.
 */
final class SyncCosts {
  private static final long ONE_NANOS_LEAST = 100_000;
  private static final long WHOLE_NANOS_LEAST = 150_000;

  /** A new value counts one part in so many. */
  private static final int WEIGHT = 8;

  /** A new value counts as so many times the average at most: one stall says little. */
  private static final int JUMP_MAX = 4;

  /** By so much the volume's cost is forgotten in each round that might have taken it. */
  private static final int FORGETTING = 64;

  private long oneNanos = 2 * ONE_NANOS_LEAST;
  private long wholeNanos = 2 * WHOLE_NANOS_LEAST;

  /** Whether to sync the whole volume for so many logs. */
  boolean isWholeCheaper(int logs) {
    return logs > 1 && wholeNanos < logs * oneNanos;
  }

  /** Notes what it took to sync logs one by one. */
  void oneByOne(int logs, long nanos) {
    oneNanos = blended(oneNanos, nanos / logs, ONE_NANOS_LEAST);
    if (logs > 1) {
      wholeNanos = Math.max(wholeNanos - wholeNanos / FORGETTING, WHOLE_NANOS_LEAST);
    }
  }

  /** Notes what it took to sync the volume. */
  void whole(long nanos) {
    wholeNanos = blended(wholeNanos, nanos, WHOLE_NANOS_LEAST);
  }

  private static long blended(long before, long now, long least) {
    long believed = Math.min(now, before * JUMP_MAX);
    return Math.max(before + (believed - before) / WEIGHT, least);
  }
}
