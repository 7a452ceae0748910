package dev.millrace.bench.load;

/**
 * What a client did.
 *
 * @param records that were acknowledged or received
 * @param bytes of their values, before compression
 * @param wallSeconds from its first record to its last, without its own start
 */
public record Load(long records, long bytes, double wallSeconds) {
  private static final double MEGA = 1e6;
  private static final double GIGA = 1e9;

  public double gigabytes() {
    return bytes / GIGA;
  }

  public double millionRecords() {
    return records / MEGA;
  }

  public double megabytesPerSecond() {
    return bytes / MEGA / wallSeconds;
  }
}
