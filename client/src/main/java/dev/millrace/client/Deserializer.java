package dev.millrace.client;

import dev.millrace.client.call.ArrayDeserializer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Turns bytes into keys or values. Safe for any thread. Null stays null: it is not given to a
 * deserializer.
 *
 * @param <T> the key or value
 */
@FunctionalInterface
public interface Deserializer<T> {
  /**
   * The key or value.
   *
   * @param topic where the record comes from
   * @param bytes from position to limit, read-only; lent until this call returns
   * @throws RuntimeException when the bytes make no sense: the poll fails with it
   */
  T deserialize(String topic, ByteBuffer bytes);

  /** UTF-8. */
  static Deserializer<String> string() {
    return new ArrayDeserializer<>(own -> new String(own, StandardCharsets.UTF_8));
  }

  /** Bytes as they are. */
  static Deserializer<byte[]> bytes() {
    return new ArrayDeserializer<>(own -> own);
  }

  /** Four bytes, the highest first. */
  static Deserializer<Integer> int32() {
    return (topic, bytes) -> exactly(bytes, Integer.BYTES).getInt();
  }

  /** Eight bytes, the highest first. */
  static Deserializer<Long> int64() {
    return (topic, bytes) -> exactly(bytes, Long.BYTES).getLong();
  }

  /** Eight bytes of IEEE 754, the highest first. */
  static Deserializer<Double> float64() {
    return (topic, bytes) -> exactly(bytes, Double.BYTES).getDouble();
  }

  /** The 36 characters of its text. */
  static Deserializer<UUID> uuid() {
    return new ArrayDeserializer<>(own -> UUID.fromString(new String(own, StandardCharsets.UTF_8)));
  }

  private static ByteBuffer exactly(ByteBuffer bytes, int size) {
    if (bytes.remaining() != size) {
      throw new IllegalArgumentException(
          "bytes have another length, is the deserializer the right one? expected="
              + size
              + " got="
              + bytes.remaining());
    }
    return bytes;
  }
}
