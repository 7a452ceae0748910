package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import dev.millrace.wire.records.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it lies in its partition.
 *
 * @param timestampMs wall-clock milliseconds, -1 when it has none
 * @param headers whose values belong to this record alone
 * @param <K> key
 * @param <V> value
 */
public record ConsumerRecord<K, V>(
    TopicPartition partition,
    long offset,
    long timestampMs,
    @Nullable K key,
    @Nullable V value,
    List<RecordHeader> headers) {

  public String topic() {
    return partition.topic();
  }
}
