package dev.millrace.serializers.core;

import java.io.OutputStream;
import java.util.Arrays;

/** Collects bytes behind a prefix, again and again in the same memory. For one thread at a time. */
final class Sink extends OutputStream {
  /** What is larger is not kept for the next value. */
  static final int KEPT_MAX = 1 << 20;

  private byte[] bytes = new byte[512];
  private int count;

  /** Begins anew. */
  void start(byte[] prefix) {
    count = 0;
    write(prefix, 0, prefix.length);
  }

  @Override
  public void write(int one) {
    room(1);
    bytes[count++] = (byte) one;
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, count, length);
    count += length;
  }

  private void room(int more) {
    if (more > bytes.length - count) {
      int wanted = Math.addExact(count, more);
      bytes = Arrays.copyOf(bytes, Math.max(wanted, (int) Math.min(count * 2L, 1 << 30)));
    }
  }

  byte[] taken() {
    return Arrays.copyOf(bytes, count);
  }

  boolean small() {
    return bytes.length <= KEPT_MAX;
  }
}
