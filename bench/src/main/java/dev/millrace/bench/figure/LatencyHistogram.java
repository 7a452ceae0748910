package dev.millrace.bench.figure;

/**
 * Counts of latencies in buckets that are at most 1/64 of their value wide. One thread records;
 * readers come after it.
 *
 * <pre>
 * value    0 .. 63      64 .. 127       128 .. 255 ...
 * width    1            1               2
 * </pre>
 */
public final class LatencyHistogram {
  private static final int STEPS_BITS = 6;
  private static final int STEPS = 1 << STEPS_BITS;
  private static final int BUCKETS = (Long.SIZE - STEPS_BITS) * STEPS;

  private final long[] counts = new long[BUCKETS];
  private long total;

  /** Counts one latency in nanoseconds; a negative one counts as zero. */
  public void record(long nanos) {
    counts[bucket(Math.max(0, nanos))]++;
    total++;
  }

  public long count() {
    return total;
  }

  /**
   * The smallest latency, in milliseconds, that at least {@code share} (0 to 1) of all stay at or
   * below; the bucket's upper end, so it is never told too small. Fails when nothing was recorded.
   */
  public double millisAt(double share) {
    if (total == 0) {
      throw new IllegalStateException("no latencies recorded");
    }
    long wanted = Math.max(1, (long) Math.ceil(share * total));
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return highest(i) / 1e6;
      }
    }
    throw new IllegalStateException("share is above one, share=" + share);
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - STEPS_BITS;
    return (shift + 1) * STEPS + (int) ((nanos >>> shift) - STEPS);
  }

  private static long highest(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int shift = bucket / STEPS - 1;
    long lowest = (long) (bucket % STEPS + STEPS) << shift;
    return lowest + (1L << shift) - 1;
  }
}
