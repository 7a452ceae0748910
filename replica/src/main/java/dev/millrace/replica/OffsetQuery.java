package dev.millrace.replica;

/**
 * Asks for the offset that belongs to a time.
 *
 * @param timestampMs milliseconds since the Unix epoch, or one of the words below
 * @param currentLeaderEpoch the epoch in which the asker believes this leader to be, or -1
 * @param limit offsets at or above it are not told
 */
public record OffsetQuery(long timestampMs, int currentLeaderEpoch, Limit limit) {
  /** The limit itself: the next offset that a reader will see. */
  public static final long LATEST = -1;

  /** The first offset. */
  public static final long EARLIEST = -2;

  /** The offset of the first record that has the largest timestamp. */
  public static final long MAX_TIMESTAMP = -3;

  /** The first offset on this node's disk. */
  public static final long EARLIEST_LOCAL = -4;

  /** The last offset in remote storage. */
  public static final long LATEST_REMOTE = -5;

  /** The first offset that is not in remote storage. */
  public static final long EARLIEST_NOT_REMOTE = -6;

  /** How far an asker may see. */
  public enum Limit {
    /** Everything that no failure takes back. */
    HIGH_WATERMARK,
    /** Everything before the first open transaction. */
    LAST_STABLE_OFFSET,
    /** Everything: replicas, and people who look for faults. */
    LOG_END
  }

  /** Whether the answer needs a look into the log files. */
  public static boolean needsDisk(long timestampMs) {
    return timestampMs >= 0 || timestampMs == MAX_TIMESTAMP;
  }

  /** Whether the answer is another one when more was appended. */
  public static boolean dependsOnEnd(long timestampMs) {
    return timestampMs == LATEST || needsDisk(timestampMs);
  }
}
