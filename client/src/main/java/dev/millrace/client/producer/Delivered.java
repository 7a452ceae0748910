package dev.millrace.client.producer;

import dev.millrace.client.TopicPartition;

/**
 * A record that the cluster took.
 *
 * @param offset -1 when the cluster did not say: with acks=0, or when an earlier try had succeeded
 *     long before its answer
 * @param timestampMs that the record has, -1 with acks=0 and append time
 */
public record Delivered(TopicPartition partition, long offset, long timestampMs) {}
