package dev.millrace.serializers.json;

import dev.millrace.serializers.core.SchemaWriter;
import dev.millrace.serializers.kafka.SchemaSerializer;

/** JSON Schema: the serializer for {@code key.serializer} and {@code value.serializer}. */
public final class KafkaJsonSchemaSerializer<T> extends SchemaSerializer<T> {
  /** For settings: {@link #configure} follows. */
  public KafkaJsonSchemaSerializer() {
    super(SchemaWriter::json);
  }
}
