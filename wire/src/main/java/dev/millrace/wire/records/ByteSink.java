package dev.millrace.wire.records;

import dev.millrace.wire.compress.BlockTarget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Memory that grows as it is written, up to a limit. Beyond the limit it remembers that it is over
 * and keeps nothing more: streams above it need not survive an exception.
 */
final class ByteSink extends OutputStream implements BlockTarget {
  /** Longest array that every JVM can make. */
  static final int BYTES_MAX = Integer.MAX_VALUE - 64;

  private static final byte[] NO_ROOM = {};

  private final int bytesMax;
  private byte[] bytes;
  private int size;
  private boolean isOver;

  /**
   * @param bytesExpected what is taken at once
   */
  ByteSink(int bytesExpected, int bytesMax) {
    this(new byte[Math.min(bytesExpected, bytesMax)], bytesMax);
  }

  /**
   * @param memory to write to until it is too small
   */
  ByteSink(byte[] memory, int bytesMax) {
    this.bytesMax = bytesMax;
    this.bytes = memory;
  }

  @Override
  public byte[] reserved(int more) {
    return reserve(more) ? bytes : NO_ROOM;
  }

  @Override
  public int position() {
    return size;
  }

  @Override
  public void advance(int count) {
    size += count;
  }

  /** The memory as it is now, larger than what was given when that was too small. */
  byte[] memory() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Whether more was written than the limit allows; then what is here is of no use. */
  boolean isOver() {
    return isOver;
  }

  /** What was written; shares the memory. */
  ByteBuffer written() {
    return ByteBuffer.wrap(bytes, 0, size).slice();
  }

  /** Copies what was written from an index on. */
  void copyTo(OutputStream out, int from) throws IOException {
    out.write(bytes, from, size - from);
  }

  /** Forgets what was written; the memory is used again. */
  void clear() {
    size = 0;
    isOver = false;
  }

  /** Leaves room for a header that is filled in later. */
  void skip(int count) {
    if (reserve(count)) {
      size += count;
    }
  }

  @Override
  public void write(int b) {
    if (reserve(1)) {
      bytes[size++] = (byte) b;
    }
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    if (reserve(length)) {
      System.arraycopy(from, offset, bytes, size, length);
      size += length;
    }
  }

  /** Copies from position to limit; the buffer does not change. */
  void write(ByteBuffer from) {
    int length = from.remaining();
    if (reserve(length)) {
      from.get(from.position(), bytes, size, length);
      size += length;
    }
  }

  private boolean reserve(int more) {
    long needed = (long) size + more;
    if (isOver || needed > bytesMax) {
      isOver = true;
      return false;
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(bytesMax, Math.max(needed, bytes.length * 2L)));
    }
    return true;
  }
}
