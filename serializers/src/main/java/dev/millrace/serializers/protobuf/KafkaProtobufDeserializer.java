package dev.millrace.serializers.protobuf;

import com.google.protobuf.Message;
import dev.millrace.serializers.core.SchemaReader;
import dev.millrace.serializers.kafka.SchemaDeserializer;

/** Protobuf: the deserializer for {@code key.deserializer} and {@code value.deserializer}. */
public final class KafkaProtobufDeserializer<T extends Message> extends SchemaDeserializer<T> {
  /** For settings: {@link #configure} follows. */
  public KafkaProtobufDeserializer() {
    super(SchemaReader::protobuf);
  }
}
