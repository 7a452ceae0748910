package dev.millrace.replica;

/**
 * What a consumer wants to read of a partition.
 *
 * @param offset the first offset wanted
 * @param currentLeaderEpoch the epoch in which the reader believes this leader to be, or -1
 * @param lastFetchedEpoch epoch of the record before {@code offset} in the reader's log, or -1
 * @param bytesMax most bytes wanted
 * @param oneBatchAtLeast whether the first batch comes whole even when it is larger (KIP-74)
 * @param committedOnly whether to stop at the last stable offset instead of the high watermark
 */
public record ReadQuery(
    long offset,
    int currentLeaderEpoch,
    int lastFetchedEpoch,
    int bytesMax,
    boolean oneBatchAtLeast,
    boolean committedOnly) {
  /** "Not known": no check is made. */
  public static final int NO_EPOCH = -1;
}
