package dev.millrace.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns keys or values into bytes. Safe for any thread. Null stays null: it is not given to a
 * serializer.
 *
 * @param <T> the key or value
 */
@FunctionalInterface
public interface Serializer<T> {
  /**
   * The bytes; they belong to the caller from now on.
   *
   * @param topic where the record goes
   * @throws RuntimeException when the value has no bytes: the send fails with it
   */
  byte @Nullable [] serialize(String topic, T value);

  /** UTF-8. */
  static Serializer<String> string() {
    return (topic, text) -> text.getBytes(StandardCharsets.UTF_8);
  }

  /** Bytes as they are. */
  static Serializer<byte[]> bytes() {
    return (topic, bytes) -> bytes;
  }

  /** Four bytes, the highest first. */
  static Serializer<Integer> int32() {
    return (topic, value) -> ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }

  /** Eight bytes, the highest first. */
  static Serializer<Long> int64() {
    return (topic, value) -> ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  /** Eight bytes of IEEE 754, the highest first. */
  static Serializer<Double> float64() {
    return (topic, value) -> ByteBuffer.allocate(Double.BYTES).putDouble(value).array();
  }

  /** The 36 characters of its text, as Kafka's own serializer writes it. */
  static Serializer<UUID> uuid() {
    return (topic, value) -> value.toString().getBytes(StandardCharsets.UTF_8);
  }
}
