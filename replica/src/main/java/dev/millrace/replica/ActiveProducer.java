package dev.millrace.replica;

/**
 * An idempotent producer as a partition remembers it.
 *
 * @param lastSequence sequence of its last record, or -1
 * @param lastTimestampMs timestamp of its last batch
 * @param coordinatorEpoch epoch of the coordinator that ended its last transaction, or -1
 * @param transactionStartOffset first offset of its open transaction, or -1
 */
public record ActiveProducer(
    long id,
    short epoch,
    int lastSequence,
    long lastTimestampMs,
    int coordinatorEpoch,
    long transactionStartOffset) {}
