package dev.millrace.serializers.json;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** JSON Schema, as a serde of Streams. */
@SuppressWarnings("unchecked") // settings say which class comes out, and the caller knows them
public final class KafkaJsonSchemaSerde<T> implements Serde<T> {
  private final Serde<T> inner;

  /** For settings: {@link #configure} follows. */
  public KafkaJsonSchemaSerde() {
    inner = Serdes.serdeFrom((Serializer<T>) (Serializer<?>) new KafkaJsonSchemaSerializer<T>(), (Deserializer<T>) (Deserializer<?>) new KafkaJsonSchemaDeserializer<T>());
  }

  @Override
  public void configure(Map<String, ?> settings, boolean key) {
    Map<String, Object> all = new HashMap<>(settings);
    
    inner.serializer().configure(all, key);
    inner.deserializer().configure(all, key);
  }

  @Override
  public void close() {
    inner.close();
  }

  @Override
  public Serializer<T> serializer() {
    return inner.serializer();
  }

  @Override
  public Deserializer<T> deserializer() {
    return inner.deserializer();
  }
}
