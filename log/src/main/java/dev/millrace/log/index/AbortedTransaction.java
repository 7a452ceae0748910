package dev.millrace.log.index;

/**
 * A transaction that was aborted.
 *
 * @param producerId whose it was
 * @param firstOffset of its first record in this partition
 * @param lastOffset of its abort marker
 * @param lastStableOffset below it everything was decided when the marker was written
 */
public record AbortedTransaction(
    long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
