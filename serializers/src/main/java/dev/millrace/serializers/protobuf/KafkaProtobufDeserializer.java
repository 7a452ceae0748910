package dev.millrace.serializers.protobuf;

import com.google.protobuf.Message;
import dev.millrace.serializers.core.SchemaReader;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Protobuf: the deserializer for {@code key.deserializer} and {@code value.deserializer}. */
public final class KafkaProtobufDeserializer<T extends Message> implements Deserializer<T> {
  private @Nullable SchemaReader reader;

  /** For settings: {@link #configure} follows. */
  public KafkaProtobufDeserializer() {}

  @Override
  public void configure(Map<String, ?> settings, boolean key) {
    reader = SchemaReader.protobuf(settings, key);
  }

  @Override
  public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
    return read(topic, null, bytes);
  }

  @Override
  public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] bytes) {
    Header header = reader == null ? null : headers.lastHeader(reader.headerName());
    return read(topic, header == null ? null : header.value(), bytes);
  }

  @SuppressWarnings("unchecked") // settings say which class comes out, and the caller knows them
  private @Nullable T read(String topic, byte @Nullable [] header, byte @Nullable [] bytes) {
    if (reader == null) {
      throw new IllegalStateException("the deserializer is not configured; call configure with schema.registry.url first");
    }
    try {
      return (T) reader.read(topic, header, bytes);
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new SerializationException(e.getMessage(), e);
    }
  }
}
