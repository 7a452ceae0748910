package dev.millrace.log;

import dev.millrace.wire.records.TimestampType;

/**
 * The settings of a topic that concern its logs, by Kafka's names with the units last.
 *
 * @param segment when a segment is finished
 * @param retention what is kept for how long
 * @param timestampType {@code message.timestamp.type}
 * @param flush when a record counts as written
 * @param producerExpirationMs {@code producer.id.expiration.ms}
 * @param compaction when and how it is compacted
 */
public record LogSettings(
    SegmentSettings segment,
    Retention retention,
    TimestampType timestampType,
    Flush flush,
    long producerExpirationMs,
    Compacting compaction) {
  /** Kafka's defaults, and ours for the flush. */
  public static final LogSettings DEFAULT =
      new LogSettings(
          new SegmentSettings(1 << 30, 7L * 86_400_000, 0, 4096, 10 << 20),
          new Retention(7L * 86_400_000, -1, true, 60_000),
          TimestampType.CREATE_TIME,
          new Flush(FlushPolicy.DISK, Long.MAX_VALUE, Long.MAX_VALUE),
          86_400_000,
          new Compacting(false, 0.5, 0, Long.MAX_VALUE, 86_400_000));

  /**
   * When a segment is finished, and how it is indexed.
   *
   * @param bytesMax {@code segment.bytes}
   * @param ageMs {@code segment.ms}
   * @param jitterMs {@code segment.jitter.ms}: up to so much is taken off the age, another part of
   *     it for each partition
   * @param indexIntervalBytes {@code index.interval.bytes}
   * @param indexBytesMax {@code segment.index.bytes}
   */
  public record SegmentSettings(
      int bytesMax, long ageMs, long jitterMs, int indexIntervalBytes, int indexBytesMax) {}

  /**
   * What is kept for how long.
   *
   * @param ageMs {@code retention.ms}; below zero for ever
   * @param bytesMax {@code retention.bytes}; below zero all
   * @param deletes whether the cleanup policy is to delete; else only what lies before the log's
   *     start is removed
   * @param fileDelayMs {@code file.delete.delay.ms}
   */
  public record Retention(long ageMs, long bytesMax, boolean deletes, long fileDelayMs) {}

  /**
   * When a record counts as written.
   *
   * @param policy {@code flush.policy}
   * @param messages {@code flush.messages}: with policy memory, a sync after so many records
   * @param ms {@code flush.ms}: with policy memory, a sync when the last one is so long ago
   */
  public record Flush(FlushPolicy policy, long messages, long ms) {}

  /**
   * When and how a log is compacted.
   *
   * @param isOn whether the cleanup policy is to compact
   * @param dirtyRatioMin {@code min.cleanable.dirty.ratio}
   * @param lagMsMin {@code min.compaction.lag.ms}: younger records are left alone
   * @param lagMsMax {@code max.compaction.lag.ms}: older ones are not left for the ratio's sake
   * @param deleteRetentionMs {@code delete.retention.ms}
   */
  public record Compacting(
      boolean isOn, double dirtyRatioMin, long lagMsMin, long lagMsMax, long deleteRetentionMs) {}

  // The same with one part changed

  public LogSettings withSegment(SegmentSettings other) {
    return new LogSettings(
        other, retention, timestampType, flush, producerExpirationMs, compaction);
  }

  public LogSettings withRetention(Retention other) {
    return new LogSettings(segment, other, timestampType, flush, producerExpirationMs, compaction);
  }

  public LogSettings withTimestampType(TimestampType other) {
    return new LogSettings(segment, retention, other, flush, producerExpirationMs, compaction);
  }

  public LogSettings withFlush(Flush other) {
    return new LogSettings(
        segment, retention, timestampType, other, producerExpirationMs, compaction);
  }

  public LogSettings withProducerExpirationMs(long other) {
    return new LogSettings(segment, retention, timestampType, flush, other, compaction);
  }

  public LogSettings withCompaction(Compacting other) {
    return new LogSettings(segment, retention, timestampType, flush, producerExpirationMs, other);
  }
}
