package dev.millrace.serializers.kafka;

import dev.millrace.serializers.core.SchemaWriter;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Writes by a schema, and its id into the bytes or a header beside them. */
public abstract class SchemaSerializer<T> implements Serializer<T> {
  private final Opening opening;
  private @Nullable SchemaWriter writer;

  /** Makes the writer of a format. */
  @FunctionalInterface
  protected interface Opening {
    SchemaWriter open(Map<String, ?> settings, boolean key);
  }

  /** For settings: {@link #configure} follows. */
  protected SchemaSerializer(Opening opening) {
    this.opening = opening;
  }

  @Override
  public void configure(Map<String, ?> settings, boolean key) {
    writer = opening.open(settings, key);
  }

  @Override
  public byte @Nullable [] serialize(String topic, @Nullable T value) {
    return written(topic, null, value);
  }

  @Override
  public byte @Nullable [] serialize(String topic, Headers headers, @Nullable T value) {
    return written(topic, (name, bytes) -> headers.remove(name).add(name, bytes), value);
  }

  private byte @Nullable [] written(
      String topic, SchemaWriter.@Nullable Headers headers, @Nullable T value) {
    if (writer == null) {
      throw new IllegalStateException(
          "the serializer is not configured; call configure with schema.registry.url first");
    }
    try {
      return writer.write(topic, headers, value);
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new SerializationException(e.getMessage(), e);
    }
  }
}
