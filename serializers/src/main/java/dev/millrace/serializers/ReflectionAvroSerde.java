package dev.millrace.serializers;

import dev.millrace.serializers.kafka.SchemaSerde;
import java.util.Map;

/** Any class by Avro's reflection, as a serde of Streams. */
public final class ReflectionAvroSerde<T> extends SchemaSerde<T> {
  /** For settings: {@link #configure} follows. */
  public ReflectionAvroSerde() {
    super(
        new KafkaAvroSerializer(),
        new KafkaAvroDeserializer(),
        Map.of("schema.reflection", "true"));
  }
}
