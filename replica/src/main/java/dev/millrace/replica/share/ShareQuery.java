package dev.millrace.replica.share;

/**
 * How much a member wants.
 *
 * @param recordsMax at least one
 * @param runLength the offsets that a run of {@link AcquiredRecords} should have at least when
 *     there are more
 * @param strict whether {@code recordsMax} is kept exactly (KIP-1206); else the last batch is taken
 *     whole
 */
public record ShareQuery(int recordsMax, int runLength, boolean strict) {}
