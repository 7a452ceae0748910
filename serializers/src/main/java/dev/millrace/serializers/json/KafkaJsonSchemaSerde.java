package dev.millrace.serializers.json;

import dev.millrace.serializers.kafka.SchemaSerde;
import java.util.Map;

/** JSON Schema, as a serde of Streams. */
public final class KafkaJsonSchemaSerde<T> extends SchemaSerde<T> {
  /** For settings: {@link #configure} follows. */
  public KafkaJsonSchemaSerde() {
    super(new KafkaJsonSchemaSerializer<T>(), new KafkaJsonSchemaDeserializer<T>(), Map.of());
  }
}
