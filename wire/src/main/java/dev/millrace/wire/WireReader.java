package dev.millrace.wire;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the primitives of the protocol from a frame. Every length and count is held against the
 * bytes that are really there before memory is taken, and the number of array elements of one
 * message has a limit. Belongs to one thread.
 *
 * <p>Methods whose names end in {@code Compact} are those of flexible versions (KIP-482): the
 * length is an unsigned varint of length + 1, and zero means null.
 */
public final class WireReader {
  /**
   * Most array elements in one message, all arrays together, unless {@link #limitElements} allows
   * fewer.
   */
  public static final int ELEMENTS_MAX = 2_000_000;

  /** Returned by the length and count methods for null. */
  public static final int NULL = -1;

  private final ByteBuffer in;
  private int elementsLeft = ELEMENTS_MAX;

  /**
   * Reads from the buffer's position to its limit, big-endian; the buffer's position moves along.
   */
  public WireReader(ByteBuffer in) {
    this.in = in;
  }

  /** Allows no more array elements than {@code elementsMax} from here on. */
  public void limitElements(int elementsMax) {
    elementsLeft = Math.min(elementsLeft, elementsMax);
  }

  /** Bytes not yet read. */
  public int remaining() {
    return in.remaining();
  }

  public boolean bool() {
    return int8() != 0;
  }

  public byte int8() {
    need(1);
    return in.get();
  }

  public short int16() {
    need(2);
    return in.getShort();
  }

  public int uint16() {
    return Short.toUnsignedInt(int16());
  }

  public int int32() {
    need(4);
    return in.getInt();
  }

  public long uint32() {
    return Integer.toUnsignedLong(int32());
  }

  public long int64() {
    need(8);
    return in.getLong();
  }

  public double float64() {
    return Double.longBitsToDouble(int64());
  }

  public Uuid uuid() {
    need(16);
    long most = in.getLong();
    return new Uuid(most, in.getLong());
  }

  /** An unsigned varint of at most 32 bits. */
  public int unsignedVarint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = int8();
      value |= (b & 0x7f) << shift;
      if (b >= 0) {
        if (shift == 28 && (b & 0xf0) != 0) {
          break;
        }
        return value;
      }
    }
    throw new WireException("varint has more than 32 bits");
  }

  /** A zig-zag varint of at most 32 bits. */
  public int varint() {
    return Varint.unZigZag(unsignedVarint());
  }

  /** A zig-zag varint of at most 64 bits. */
  public long varlong() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = int8();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        if (shift == 63 && b > 1) {
          break;
        }
        return Varint.unZigZag(value);
      }
    }
    throw new WireException("varint has more than 64 bits");
  }

  public @Nullable String string() {
    return string(length(int16()));
  }

  public @Nullable String stringCompact() {
    int length = length(compactLength());
    if (length > Short.MAX_VALUE) {
      throw new WireException("string is too long, bytes=" + length + " max=" + Short.MAX_VALUE);
    }
    return string(length);
  }

  public @Nullable Bytes bytes() {
    return bytes(length(int32()));
  }

  public @Nullable Bytes bytesCompact() {
    return bytes(length(compactLength()));
  }

  /** Record bytes: a slice of the frame, not a copy. */
  public @Nullable RecordBytes records() {
    return records(length(int32()));
  }

  /** Record bytes of a flexible version: a slice of the frame, not a copy. */
  public @Nullable RecordBytes recordsCompact() {
    return records(length(compactLength()));
  }

  /**
   * The number of elements of an array, or {@link #NULL}.
   *
   * @param elementBytesMin fewest bytes that one element can take, at least 1
   */
  public int count(int elementBytesMin) {
    return count(int32(), elementBytesMin);
  }

  /** The number of elements of an array in a flexible version, or {@link #NULL}. */
  public int countCompact(int elementBytesMin) {
    return count(compactLength(), elementBytesMin);
  }

  /** Skips one tagged field that this version does not know, or all that is left of it. */
  public void skip(int bytes) {
    need(bytes);
    in.position(in.position() + bytes);
  }

  /**
   * Starts a tagged field of {@code bytes} bytes and returns where it must end.
   *
   * @return the value for {@link #endTagged}
   */
  public int beginTagged(int bytes) {
    need(bytes);
    return in.position() + bytes;
  }

  /** Holds the end of a tagged field against what its size said. */
  public void endTagged(int tag, int end) {
    if (in.position() != end) {
      throw new WireException(
          "tagged field has another size than it says, tag="
              + tag
              + " off="
              + (in.position() - end));
    }
  }

  /** The number of tagged fields that follow. */
  public int taggedFields() {
    int fields = unsignedVarint();
    if (fields < 0 || fields > in.remaining() / 2) {
      throw new WireException(
          "tagged fields are beyond the end, fields="
              + Integer.toUnsignedString(fields)
              + " remaining="
              + in.remaining());
    }
    return fields;
  }

  /** Skips a whole section of tagged fields in which this struct knows none. */
  public void skipTagged() {
    int fields = taggedFields();
    for (int i = 0; i < fields; i++) {
      unsignedVarint();
      skip(unsignedVarint());
    }
  }

  /** Refuses null where the specification has none. */
  public static <T> T notNull(@Nullable T value, String field) {
    if (value == null) {
      throw new WireException("field must not be null, field=" + field);
    }
    return value;
  }

  private int compactLength() {
    return unsignedVarint() - 1;
  }

  private int length(int length) {
    if (length < NULL) {
      throw new WireException("length is negative, length=" + length);
    }
    if (length > in.remaining()) {
      throw new WireException(
          "length is beyond the end, length=" + length + " remaining=" + in.remaining());
    }
    return length;
  }

  private int count(int count, int elementBytesMin) {
    if (count < NULL) {
      throw new WireException("array count is negative, count=" + count);
    }
    if ((long) count * elementBytesMin > in.remaining()) {
      throw new WireException(
          "array is beyond the end, count=" + count + " remaining=" + in.remaining());
    }
    if (count > elementsLeft) {
      throw new WireException(
          "message has too many array elements, count=" + count + " allowed=" + elementsLeft);
    }
    elementsLeft -= Math.max(count, 0);
    return count;
  }

  private @Nullable String string(int length) {
    if (length == NULL) {
      return null;
    }
    if (length == 0) {
      return "";
    }
    String text;
    if (in.hasArray()) {
      int from = in.arrayOffset() + in.position();
      text = new String(in.array(), from, length, StandardCharsets.UTF_8);
      in.position(in.position() + length);
    } else {
      byte[] utf8 = new byte[length];
      in.get(utf8);
      text = new String(utf8, StandardCharsets.UTF_8);
    }
    return text;
  }

  private @Nullable Bytes bytes(int length) {
    ByteBuffer slice = slice(length);
    return slice == null ? null : Bytes.copyOf(slice);
  }

  private @Nullable RecordBytes records(int length) {
    ByteBuffer slice = slice(length);
    return slice == null ? null : RecordBytes.of(slice);
  }

  private @Nullable ByteBuffer slice(int length) {
    if (length == NULL) {
      return null;
    }
    ByteBuffer slice = in.slice(in.position(), length);
    in.position(in.position() + length);
    return slice;
  }

  private void need(int bytes) {
    if (bytes < 0 || bytes > in.remaining()) {
      throw new WireException(
          "message is cut short, needed=" + bytes + " remaining=" + in.remaining());
    }
  }
}
