package dev.millrace.client.consumer;

/**
 * How far a consumer is behind.
 *
 * @param records until the end of the partition
 * @param ms age of the newest record that was handed out, while newer ones are there; 0 at the end
 */
public record Lag(long records, long ms) {}
