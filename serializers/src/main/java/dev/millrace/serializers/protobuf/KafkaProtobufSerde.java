package dev.millrace.serializers.protobuf;

import com.google.protobuf.Message;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/** Protobuf, as a serde of Streams. */
@SuppressWarnings("unchecked") // settings say which class comes out, and the caller knows them
public final class KafkaProtobufSerde<T extends Message> implements Serde<T> {
  private final Serde<T> inner;

  /** For settings: {@link #configure} follows. */
  public KafkaProtobufSerde() {
    inner = Serdes.serdeFrom((Serializer<T>) (Serializer<?>) new KafkaProtobufSerializer<T>(), (Deserializer<T>) (Deserializer<?>) new KafkaProtobufDeserializer<T>());
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
