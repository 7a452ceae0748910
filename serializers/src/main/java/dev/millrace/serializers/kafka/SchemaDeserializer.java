package dev.millrace.serializers.kafka;

import dev.millrace.serializers.core.SchemaReader;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Reads by the schema that the bytes, or a header beside them, name. */
public abstract class SchemaDeserializer<T> implements Deserializer<T> {
  private final Opening opening;
  private @Nullable SchemaReader reader;

  /** Makes the reader of a format. */
  @FunctionalInterface
  protected interface Opening {
    SchemaReader open(Map<String, ?> settings, boolean key);
  }

  /** For settings: {@link #configure} follows. */
  protected SchemaDeserializer(Opening opening) {
    this.opening = opening;
  }

  @Override
  public void configure(Map<String, ?> settings, boolean key) {
    reader = opening.open(settings, key);
  }

  @Override
  public @Nullable T deserialize(String topic, byte @Nullable [] bytes) {
    return read(topic, null, bytes == null ? null : ByteBuffer.wrap(bytes));
  }

  @Override
  public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] bytes) {
    return read(topic, headers, bytes == null ? null : ByteBuffer.wrap(bytes));
  }

  @Override
  public @Nullable T deserialize(String topic, Headers headers, @Nullable ByteBuffer bytes) {
    return read(topic, headers, bytes);
  }

  @SuppressWarnings("unchecked") // settings say which class comes out, and the caller knows them
  private @Nullable T read(String topic, @Nullable Headers headers, @Nullable ByteBuffer bytes) {
    if (reader == null) {
      throw new IllegalStateException(
          "the deserializer is not configured; call configure with schema.registry.url first");
    }
    Header header = headers == null ? null : headers.lastHeader(reader.headerName());
    try {
      return (T) reader.read(topic, header == null ? null : header.value(), bytes);
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new SerializationException(e.getMessage(), e);
    }
  }
}
