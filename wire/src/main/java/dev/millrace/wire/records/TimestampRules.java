package dev.millrace.wire.records;

/**
 * What a topic demands of the timestamps of its records.
 *
 * @param type {@code message.timestamp.type}
 * @param beforeMaxMs {@code message.timestamp.before.max.ms}: how far behind the broker's clock a
 *     record may be; {@link Long#MAX_VALUE} for any
 * @param afterMaxMs {@code message.timestamp.after.max.ms}: how far ahead (KIP-937)
 */
public record TimestampRules(TimestampType type, long beforeMaxMs, long afterMaxMs) {
  /** Kafka's defaults: the producer's time, at most an hour ahead. */
  public static final TimestampRules DEFAULT =
      new TimestampRules(TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000);

  boolean isCreateTime() {
    return type == TimestampType.CREATE_TIME;
  }

  boolean hasBefore() {
    return isCreateTime() && beforeMaxMs != Long.MAX_VALUE;
  }

  /** Whether a producer's timestamp is outside what is allowed; -1 says that it has none. */
  boolean refuses(long timestampMs, long nowMs) {
    if (timestampMs == RecordBatch.NONE) {
      return false;
    }
    return timestampMs < nowMs
        ? saturatedDifference(nowMs, timestampMs) > beforeMaxMs
        : saturatedDifference(timestampMs, nowMs) > afterMaxMs;
  }

  /** The difference of a larger and a smaller number. */
  private static long saturatedDifference(long larger, long smaller) {
    long difference = larger - smaller;
    return difference < 0 ? Long.MAX_VALUE : difference;
  }
}
