package dev.millrace.serializers;

import dev.millrace.serializers.core.SchemaReader;
import dev.millrace.serializers.kafka.SchemaDeserializer;

/** Avro: the deserializer for {@code key.deserializer} and {@code value.deserializer}. */
public final class KafkaAvroDeserializer extends SchemaDeserializer<Object> {
  /** For settings: {@link #configure} follows. */
  public KafkaAvroDeserializer() {
    super(SchemaReader::avro);
  }
}
