package dev.millrace.serializers;

import dev.millrace.serializers.kafka.SchemaSerde;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/** Generic records of Avro, as a serde of Streams. */
public final class GenericAvroSerde extends SchemaSerde<GenericRecord> {
  /** For settings: {@link #configure} follows. */
  public GenericAvroSerde() {
    super(
        new KafkaAvroSerializer(),
        new KafkaAvroDeserializer(),
        Map.of("specific.avro.reader", "false"));
  }
}
