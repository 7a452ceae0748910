package dev.millrace.client.producer;

/**
 * What a producer has done until now.
 *
 * @param batches sent, repetitions included
 * @param records sent, repetitions included
 * @param bytes of batches sent, as they were on the wire
 * @param retries batches that had to be sent again
 * @param bufferedBytes memory that records take which have no answer yet
 */
public record ProducerMetrics(
    long requests, long batches, long records, long bytes, long retries, long bufferedBytes) {}
