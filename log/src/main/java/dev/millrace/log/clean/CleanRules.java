package dev.millrace.log.clean;

import java.util.Map;

/**
 * By what a compaction decides what stays.
 *
 * @param nowMs wall-clock time of its beginning
 * @param deleteRetentionMs {@code delete.retention.ms}: how long tombstones and markers stay after
 *     the compaction that found nothing older left
 * @param segmentBytesMax {@code segment.bytes}: small segments become one up to this size
 * @param indexBytesMax {@code segment.index.bytes}
 * @param indexIntervalBytes {@code index.interval.bytes}
 * @param bufferBytes for each of reading and writing
 * @param producers where the latest batch of each producer ends that the log knows; {@link #MARKER}
 *     when that is a marker
 */
public record CleanRules(
    long nowMs,
    long deleteRetentionMs,
    int segmentBytesMax,
    int indexBytesMax,
    int indexIntervalBytes,
    int bufferBytes,
    Map<Long, Latest> producers) {
  /** No data batch of a producer is known. */
  public static final long MARKER = -1;

  /**
   * The latest of a producer.
   *
   * @param lastOffset of its latest data batch, or {@link #MARKER}
   * @param epoch of the producer
   */
  public record Latest(long lastOffset, short epoch) {}
}
