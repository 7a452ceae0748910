package dev.millrace.serializers.protobuf;

import com.google.protobuf.Message;
import dev.millrace.serializers.core.SchemaWriter;
import dev.millrace.serializers.kafka.SchemaSerializer;

/** Protobuf: the serializer for {@code key.serializer} and {@code value.serializer}. */
public final class KafkaProtobufSerializer<T extends Message> extends SchemaSerializer<T> {
  /** For settings: {@link #configure} follows. */
  public KafkaProtobufSerializer() {
    super(SchemaWriter::protobuf);
  }
}
