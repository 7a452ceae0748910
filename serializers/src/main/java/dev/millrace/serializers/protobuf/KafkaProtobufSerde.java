package dev.millrace.serializers.protobuf;

import com.google.protobuf.Message;
import dev.millrace.serializers.kafka.SchemaSerde;
import java.util.Map;

/** Protobuf, as a serde of Streams. */
public final class KafkaProtobufSerde<T extends Message> extends SchemaSerde<T> {
  /** For settings: {@link #configure} follows. */
  public KafkaProtobufSerde() {
    super(new KafkaProtobufSerializer<T>(), new KafkaProtobufDeserializer<T>(), Map.of());
  }
}
