package dev.millrace.log.clean;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 with 128 bits. Two keys with one hash would be taken for one key, and the older
 * record would be lost; the secret makes it impossible to find such keys, and chance takes 2^64 of
 * them. Why not MD5: docs/decisions/0014. Belongs to one thread.
 */
final class KeyHash {
  private final long secret0;
  private final long secret1;
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private long high;
  private long low;

  /** A hash that nobody can foresee who does not know the secret. */
  KeyHash(long secret0, long secret1) {
    this.secret0 = secret0;
    this.secret1 = secret1;
  }

  /** Hashes the bytes from position to limit; the buffer does not change. */
  void take(ByteBuffer key) {
    v0 = secret0 ^ 0x736f6d6570736575L;
    v1 = secret1 ^ 0x646f72616e646f6dL ^ 0xee;
    v2 = secret0 ^ 0x6c7967656e657261L;
    v3 = secret1 ^ 0x7465646279746573L;
    int at = key.position();
    int whole = at + (key.remaining() & ~7);
    boolean isBig = key.order() == ByteOrder.BIG_ENDIAN;
    for (; at < whole; at += Long.BYTES) {
      long word = key.getLong(at);
      mix(isBig ? Long.reverseBytes(word) : word);
    }
    mix(tail(key, at));
    v2 ^= 0xee;
    rounds(4);
    low = v0 ^ v1 ^ v2 ^ v3;
    v1 ^= 0xdd;
    rounds(4);
    high = v0 ^ v1 ^ v2 ^ v3;
  }

  /** The first half of the hash. */
  long low() {
    return low;
  }

  /** The second half of the hash. */
  long high() {
    return high;
  }

  private static long tail(ByteBuffer key, int from) {
    long word = (long) key.remaining() << 56;
    for (int at = from, shift = 0; at < key.limit(); at++, shift += 8) {
      word |= (key.get(at) & 0xffL) << shift;
    }
    return word;
  }

  private void mix(long word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }

  private void rounds(int count) {
    long a = v0;
    long b = v1;
    long c = v2;
    long d = v3;
    for (int i = 0; i < count; i++) {
      a += b;
      c += d;
      b = Long.rotateLeft(b, 13) ^ a;
      d = Long.rotateLeft(d, 16) ^ c;
      a = Long.rotateLeft(a, 32);
      c += b;
      a += d;
      b = Long.rotateLeft(b, 17) ^ c;
      d = Long.rotateLeft(d, 21) ^ a;
      c = Long.rotateLeft(c, 32);
    }
    v0 = a;
    v1 = b;
    v2 = c;
    v3 = d;
  }
}
