package dev.millrace.wire.records;

import org.jspecify.annotations.Nullable;

/**
 * What a topic demands of the batches that clients append.
 *
 * @param batchBytesMax {@code max.message.bytes}: the whole batch with its header, compressed
 * @param segmentBytesMax {@code segment.bytes}: a batch never spans two segments
 * @param timestamps what record timestamps may be
 * @param needsKeys whether the topic is compacted, so that each record must have a key
 * @param recompression what {@code compression.type} asks for, or null for {@code producer}
 * @param looksIntoAll whether compressed records are looked at in any case, as Apache Kafka does;
 *     else only where a rule cannot be judged without: see {@link BatchCheck}
 */
public record BatchRules(
    int batchBytesMax,
    int segmentBytesMax,
    TimestampRules timestamps,
    boolean needsKeys,
    @Nullable Recompression recompression,
    boolean looksIntoAll) {
  /** Kafka's defaults. */
  public static final BatchRules DEFAULT =
      new BatchRules(1_048_588, 1 << 30, TimestampRules.DEFAULT, false, null, false);
}
