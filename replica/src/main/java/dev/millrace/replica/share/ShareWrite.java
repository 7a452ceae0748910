package dev.millrace.replica.share;

import java.util.List;

/**
 * What has to be saved.
 *
 * @param number of this write; acknowledgements wait for it
 * @param startOffset the first offset that is not done with
 * @param deliveryCompleteCount offsets from there on that are done with (KIP-1226)
 * @param batches what changed, in order
 */
public record ShareWrite(
    long number, long startOffset, int deliveryCompleteCount, List<StateBatch> batches) {}
