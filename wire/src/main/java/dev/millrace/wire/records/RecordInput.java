package dev.millrace.wire.records;

import dev.millrace.wire.Varint;
import dev.millrace.wire.WireException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The plain bytes of a batch's records, read forward: a buffer when they lie there uncompressed,
 * else a stream with a window that grows no faster than bytes really come.
 */
final class RecordInput implements AutoCloseable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final @Nullable InputStream rest;
  private final @Nullable OutputStream copy;

  /** What the window lies in when there is a stream. */
  private byte[] memory;

  private ByteBuffer window;

  /** The array that the window lies in, from {@code base} on; null when it lies in none. */
  private byte @Nullable [] array;

  private int base;
  private int position;
  private int limit;
  private long consumedBeforeWindow;
  private boolean isClosed;

  private RecordInput(ByteBuffer plain) {
    this.memory = NOTHING.array();
    this.window = plain;
    this.array = plain.hasArray() ? plain.array() : null;
    this.base = plain.hasArray() ? plain.arrayOffset() : 0;
    this.position = plain.position();
    this.limit = plain.limit();
    this.rest = null;
    this.copy = null;
  }

  private RecordInput(InputStream rest, @Nullable OutputStream copy) {
    this.memory = Windows.take();
    this.window = ByteBuffer.wrap(memory);
    this.array = memory;
    this.rest = rest;
    this.copy = copy;
  }

  /** Reads where the bytes lie, from position to limit; the buffer does not change. */
  static RecordInput of(ByteBuffer plain) {
    return new RecordInput(plain);
  }

  /**
   * Reads a stream.
   *
   * @param copy gets all plain bytes as they come, or null
   */
  static RecordInput of(InputStream plain, @Nullable OutputStream copy) {
    return new RecordInput(plain, copy);
  }

  /** Where the next byte is, counted over all bytes. */
  long consumed() {
    return consumedBeforeWindow + position;
  }

  /** Where the next byte lies in {@link #window}. */
  int position() {
    return position;
  }

  /** The memory that positions count in, until more bytes are read or asked for. */
  ByteBuffer window() {
    return window;
  }

  boolean isAtEnd() {
    return position == limit && !refill();
  }

  byte int8() {
    if (position == limit) {
      need();
    }
    byte[] bytes = array;
    return bytes == null ? window.get(position++) : bytes[base + position++];
  }

  int varint() {
    int b = int8();
    return b >= 0 ? Varint.unZigZag(b) : longVarint(b);
  }

  private int longVarint(int first) {
    int raw = first & 0x7f;
    int shift = 7;
    int b;
    do {
      if (shift > 28) {
        throw new CorruptRecordsException("varint has more than 32 bits, at=" + consumed());
      }
      b = int8();
      raw |= (b & 0x7f) << shift;
      shift += 7;
    } while (b < 0);
    return Varint.unZigZag(raw);
  }

  long varlong() {
    int b = int8();
    long raw = b & 0x7f;
    for (int shift = 7; b < 0; shift += 7) {
      if (shift > 63) {
        throw new CorruptRecordsException("varint has more than 64 bits, at=" + consumed());
      }
      b = int8();
      raw |= (b & 0x7fL) << shift;
    }
    return Varint.unZigZag(raw);
  }

  /** Passes over bytes, which need not fit the window. */
  void skip(int count) {
    int left = count;
    while (left > limit - position) {
      left -= limit - position;
      position = limit;
      need();
    }
    position += left;
  }

  /** Makes the next bytes lie in the window, all of them. */
  void require(int count) {
    while (limit - position < count) {
      need();
    }
  }

  @Override
  public void close() {
    if (rest != null && !isClosed) {
      isClosed = true;
      Windows.give(memory);
      memory = NOTHING.array();
      window = NOTHING;
      array = memory;
      position = 0;
      limit = 0;
      try {
        rest.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void need() {
    if (!refill()) {
      throw new CorruptRecordsException("records are cut short, at=" + consumed());
    }
  }

  /** Adds what the stream has to the window, or returns false at its end. */
  private boolean refill() {
    if (rest == null || isClosed) {
      return false;
    }
    System.arraycopy(memory, position, memory, 0, limit - position);
    consumedBeforeWindow += position;
    limit -= position;
    position = 0;
    if (limit == memory.length) {
      memory = Arrays.copyOf(memory, Math.multiplyExact(memory.length, 2));
      window = ByteBuffer.wrap(memory);
      array = memory;
    }
    int count = read(rest, memory, limit, memory.length - limit);
    limit += Math.max(count, 0);
    return count > 0;
  }

  private int read(InputStream from, byte[] into, int offset, int length) {
    try {
      int count = from.read(into, offset, length);
      if (copy != null && count > 0) {
        copy.write(into, offset, count);
      }
      return count;
    } catch (WireException e) {
      throw new CorruptRecordsException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
