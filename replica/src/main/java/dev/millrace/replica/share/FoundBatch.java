package dev.millrace.replica.share;

/**
 * A record batch of the log.
 *
 * @param last inclusive
 * @param deliverable false for control batches and for what an aborted transaction wrote
 */
public record FoundBatch(long first, long last, boolean deliverable) {}
