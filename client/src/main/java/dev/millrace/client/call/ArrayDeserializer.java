package dev.millrace.client.call;

import dev.millrace.client.Deserializer;
import java.nio.ByteBuffer;

/**
 * A deserializer that takes an array of its own: what lies in memory is copied for it at once,
 * without a buffer in between.
 *
 * @param <T> the key or value
 */
@FunctionalInterface
public interface ArrayDeserializer<T> extends Deserializer<T> {
  /**
   * The key or value.
   *
   * @param own belongs to it from now on
   */
  T deserialize(byte[] own);

  @Override
  default T deserialize(String topic, ByteBuffer bytes) {
    byte[] own = new byte[bytes.remaining()];
    bytes.get(own);
    return deserialize(own);
  }
}
