package dev.millrace.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Chooses partitions for keys as Kafka's own clients do, so that records of one key meet in one
 * partition whoever wrote them: murmur2 of the key's bytes, sign bit cleared, modulo the number of
 * partitions.
 */
public final class Partitioner {
  private static final int SEED = 0x9747b28c;
  private static final int MIX = 0x5bd1e995;
  private static final int SHIFT = 24;

  private Partitioner() {}

  /** The partition of a key, from 0 to {@code partitions - 1}. */
  public static int partition(byte[] key, int partitions) {
    return (murmur2(key) & Integer.MAX_VALUE) % partitions;
  }

  /** The 32-bit murmur2 hash, bytes taken in little-endian words. */
  static int murmur2(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int hash = SEED ^ bytes.length;
    while (in.remaining() >= Integer.BYTES) {
      int word = in.getInt() * MIX;
      hash = (hash * MIX) ^ ((word ^ (word >>> SHIFT)) * MIX);
    }
    if (in.hasRemaining()) {
      for (int shift = 0; in.hasRemaining(); shift += Byte.SIZE) {
        hash ^= Byte.toUnsignedInt(in.get()) << shift;
      }
      hash *= MIX;
    }
    hash = (hash ^ (hash >>> 13)) * MIX;
    return hash ^ (hash >>> 15);
  }
}
