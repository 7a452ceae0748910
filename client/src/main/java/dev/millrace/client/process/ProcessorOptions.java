package dev.millrace.client.process;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How records are worked on.
 *
 * @param recordsMax records in work at a time; partitions are paused above it
 * @param attempts how often a record is tried
 * @param backoff pause before the second attempt; it doubles up to {@code backoffMax}
 * @param deadLetterTopic where records go that failed every attempt; null stops the processor
 *     instead
 * @param commitEvery how often what is done is committed
 * @param patience how long a stop or a rebalance waits for records in work
 */
public record ProcessorOptions(
    int recordsMax,
    int attempts,
    Duration backoff,
    Duration backoffMax,
    @Nullable String deadLetterTopic,
    Duration commitEvery,
    Duration patience) {

  /** 1000 records in work, 5 attempts from 100 ms to 10 s apart, no dead-letter topic. */
  public static final ProcessorOptions DEFAULT =
      new ProcessorOptions(
          1_000,
          5,
          Duration.ofMillis(100),
          Duration.ofSeconds(10),
          null,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30));

  public ProcessorOptions {
    if (recordsMax <= 0 || attempts <= 0) {
      throw new IllegalArgumentException(
          "must be above zero, recordsMax=" + recordsMax + " attempts=" + attempts);
    }
  }

  /** Has at most so many records in work at a time, at least 1; each takes a virtual thread. */
  public ProcessorOptions withRecordsMax(int records) {
    return new ProcessorOptions(
        records, attempts, backoff, backoffMax, deadLetterTopic, commitEvery, patience);
  }

  /** Tries a record so often, with this pause before the second attempt. */
  public ProcessorOptions withAttempts(int count, Duration pause) {
    return new ProcessorOptions(
        recordsMax, count, pause, backoffMax, deadLetterTopic, commitEvery, patience);
  }

  /**
   * Sends records there that failed every attempt, with their own headers and {@code
   * millrace.dead.topic}, {@code .partition}, {@code .offset} and {@code .cause}, and goes on.
   */
  public ProcessorOptions withDeadLetterTopic(String topic) {
    return new ProcessorOptions(
        recordsMax, attempts, backoff, backoffMax, topic, commitEvery, patience);
  }
}
