package dev.millrace.serializers;

import org.apache.avro.generic.GenericRecord;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Generic records of Avro, as a serde of Streams. */
@SuppressWarnings("unchecked") // settings say which class comes out, and the caller knows them
public final class GenericAvroSerde implements Serde<GenericRecord> {
  private final Serde<GenericRecord> inner;

  /** For settings: {@link #configure} follows. */
  public GenericAvroSerde() {
    inner = Serdes.serdeFrom((Serializer<GenericRecord>) (Serializer<?>) new KafkaAvroSerializer(), (Deserializer<GenericRecord>) (Deserializer<?>) new KafkaAvroDeserializer());
  }

  @Override
  public void configure(Map<String, ?> settings, boolean key) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("specific.avro.reader", "false");
    inner.serializer().configure(all, key);
    inner.deserializer().configure(all, key);
  }

  @Override
  public void close() {
    inner.close();
  }

  @Override
  public Serializer<GenericRecord> serializer() {
    return inner.serializer();
  }

  @Override
  public Deserializer<GenericRecord> deserializer() {
    return inner.deserializer();
  }
}
