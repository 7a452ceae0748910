package dev.millrace.client.call;

import dev.millrace.client.Deserializer;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * A deserializer that takes an array of its own: what lies in memory is copied for it at once,
 * without a buffer in between.
 *
 * @param <T> the key or value
 */
public final class ArrayDeserializer<T> implements Deserializer<T> {
  private final Function<byte[], T> making;

  /**
   * @param making gets arrays that belong to it from then on
   */
  public ArrayDeserializer(Function<byte[], T> making) {
    this.making = making;
  }

  /**
   * The key or value.
   *
   * @param own belongs to it from now on
   */
  public T of(byte[] own) {
    return making.apply(own);
  }

  @Override
  public T deserialize(String topic, ByteBuffer bytes) {
    byte[] own = new byte[bytes.remaining()];
    bytes.get(own);
    return of(own);
  }
}
