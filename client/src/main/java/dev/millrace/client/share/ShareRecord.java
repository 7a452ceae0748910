package dev.millrace.client.share;

import dev.millrace.client.TopicPartition;
import dev.millrace.wire.records.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that this consumer has for itself until its lock runs out.
 *
 * @param timestampMs wall-clock milliseconds, -1 when it has none
 * @param deliveries how often it was given out, this time included
 * @param headers whose values belong to this record alone
 * @param <K> key
 * @param <V> value
 */
public record ShareRecord<K, V>(
    TopicPartition partition,
    long offset,
    long timestampMs,
    int deliveries,
    @Nullable K key,
    @Nullable V value,
    List<RecordHeader> headers) {

  public String topic() {
    return partition.topic();
  }
}
