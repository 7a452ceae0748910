package dev.millrace.serializers;

import dev.millrace.serializers.core.SchemaWriter;
import dev.millrace.serializers.kafka.SchemaSerializer;

/** Avro: the serializer for {@code key.serializer} and {@code value.serializer}. */
public final class KafkaAvroSerializer extends SchemaSerializer<Object> {
  /** For settings: {@link #configure} follows. */
  public KafkaAvroSerializer() {
    super(SchemaWriter::avro);
  }
}
