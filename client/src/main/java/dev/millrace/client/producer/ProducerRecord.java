package dev.millrace.client.producer;

import dev.millrace.wire.records.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to write.
 *
 * @param partition null lets the producer choose: by key when there is one, else whichever is
 *     quickest
 * @param timestampMs wall-clock milliseconds, null for now
 * @param <K> key
 * @param <V> value
 */
public record ProducerRecord<K, V>(
    String topic,
    @Nullable Integer partition,
    @Nullable Long timestampMs,
    @Nullable K key,
    @Nullable V value,
    List<RecordHeader> headers) {

  public ProducerRecord {
    if (topic.isEmpty()) {
      throw new IllegalArgumentException("record has no topic");
    }
    if (partition != null && partition < 0) {
      throw new IllegalArgumentException("partition is below zero, partition=" + partition);
    }
    if (timestampMs != null && timestampMs < 0) {
      throw new IllegalArgumentException("timestamp is below zero, timestampMs=" + timestampMs);
    }
    headers = List.copyOf(headers);
  }

  /** A record with a key. */
  public static <K, V> ProducerRecord<K, V> of(String topic, @Nullable K key, @Nullable V value) {
    return new ProducerRecord<>(topic, null, null, key, value, List.of());
  }

  /** A record without a key. */
  public static <K, V> ProducerRecord<K, V> of(String topic, @Nullable V value) {
    return of(topic, null, value);
  }

  /** The same for one partition. */
  public ProducerRecord<K, V> to(int chosen) {
    return new ProducerRecord<>(topic, chosen, timestampMs, key, value, headers);
  }

  /** The same with other headers. */
  public ProducerRecord<K, V> with(List<RecordHeader> others) {
    return new ProducerRecord<>(topic, partition, timestampMs, key, value, others);
  }

  /** The same with a time. */
  public ProducerRecord<K, V> at(long wallMs) {
    return new ProducerRecord<>(topic, partition, wallMs, key, value, headers);
  }
}
