package dev.millrace.serializers;

import dev.millrace.serializers.kafka.SchemaSerde;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** Generated classes of Avro, as a serde of Streams. */
public final class SpecificAvroSerde<T extends SpecificRecord> extends SchemaSerde<T> {
  /** For settings: {@link #configure} follows. */
  public SpecificAvroSerde() {
    super(
        new KafkaAvroSerializer(),
        new KafkaAvroDeserializer(),
        Map.of("specific.avro.reader", "true"));
  }
}
