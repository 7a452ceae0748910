package dev.millrace.serializers.json;

import dev.millrace.serializers.core.SchemaReader;
import dev.millrace.serializers.kafka.SchemaDeserializer;

/** JSON Schema: the deserializer for {@code key.deserializer} and {@code value.deserializer}. */
public final class KafkaJsonSchemaDeserializer<T> extends SchemaDeserializer<T> {
  /** For settings: {@link #configure} follows. */
  public KafkaJsonSchemaDeserializer() {
    super(SchemaReader::json);
  }
}
