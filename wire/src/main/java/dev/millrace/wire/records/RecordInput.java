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
  private static final int WINDOW_BYTES = 16 * 1024;

  private final @Nullable InputStream rest;
  private final @Nullable OutputStream copy;

  /** What the window lies in when there is a stream. */
  private byte[] memory;

  private ByteBuffer window;
  private long consumedBeforeWindow;

  private RecordInput(ByteBuffer plain) {
    this.window = plain;
    this.memory = new byte[0];
    this.rest = null;
    this.copy = null;
  }

  private RecordInput(InputStream rest, @Nullable OutputStream copy) {
    this.memory = new byte[WINDOW_BYTES];
    this.window = ByteBuffer.wrap(memory, 0, 0);
    this.rest = rest;
    this.copy = copy;
  }

  /** Reads where the bytes lie. */
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

  /** Bytes read or skipped. */
  long consumed() {
    return consumedBeforeWindow + window.position();
  }

  /** Where the next byte lies in {@link #window}. */
  int position() {
    return window.position();
  }

  /** The memory that absolute positions count in, until the next byte is read or asked for. */
  ByteBuffer window() {
    return window;
  }

  boolean isAtEnd() {
    return !window.hasRemaining() && !refill();
  }

  byte int8() {
    if (!window.hasRemaining() && !refill()) {
      throw new CorruptRecordsException("records are cut short, at=" + consumed());
    }
    return window.get();
  }

  int varint() {
    int b = int8();
    int raw = b & 0x7f;
    for (int shift = 7; b < 0; shift += 7) {
      if (shift > 28) {
        throw new CorruptRecordsException("varint has more than 32 bits, at=" + consumed());
      }
      b = int8();
      raw |= (b & 0x7f) << shift;
    }
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
    while (left > window.remaining()) {
      left -= window.remaining();
      window.position(window.limit());
      if (!refill()) {
        throw new CorruptRecordsException("records are cut short, at=" + consumed());
      }
    }
    window.position(window.position() + left);
  }

  /** Makes the next bytes lie in the window, all of them. */
  void require(int count) {
    while (window.remaining() < count) {
      if (!refill()) {
        throw new CorruptRecordsException("records are cut short, at=" + consumed());
      }
    }
  }

  @Override
  public void close() {
    if (rest != null) {
      try {
        rest.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Adds what the stream has to the window, or returns false at its end. */
  private boolean refill() {
    if (rest == null) {
      return false;
    }
    if (window.position() > 0) {
      consumedBeforeWindow += window.position();
      window.compact().flip();
    }
    if (window.limit() == memory.length) {
      memory = Arrays.copyOf(memory, Math.multiplyExact(memory.length, 2));
      window = ByteBuffer.wrap(memory, 0, window.limit());
    }
    int count = read(rest, memory, window.limit(), memory.length - window.limit());
    window.limit(window.limit() + Math.max(count, 0));
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
