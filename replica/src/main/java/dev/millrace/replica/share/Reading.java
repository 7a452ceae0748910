package dev.millrace.replica.share;

import java.util.List;

/**
 * What a read of the log found.
 *
 * @param from the offset that was read from: what lies between it and the first batch is a hole
 * @param batches in order; the first may begin before {@code from}
 */
public record Reading(long from, List<FoundBatch> batches) {}
