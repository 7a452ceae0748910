package dev.millrace.wire;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the primitives of the protocol. Record bytes above {@link #COPIED_BYTES_MAX} and all that
 * lie in files are not copied: they stay where they are and are remembered as {@link External}
 * parts of the output. Belongs to one thread.
 */
public final class WireWriter {
  /** Record bytes in memory up to this size are copied into the output. */
  public static final int COPIED_BYTES_MAX = 4096;

  private final ByteBuffer out;
  private List<External> externals = List.of();

  /**
   * Record bytes that belong into the output but were not copied.
   *
   * @param at number of copied bytes that come before
   */
  public record External(int at, RecordBytes records) {}

  /** Writes from the buffer's position on, big-endian. */
  public WireWriter(ByteBuffer out) {
    this.out = out;
  }

  /** The output, without the external parts. */
  public ByteBuffer buffer() {
    return out;
  }

  /** The parts that were not copied, in order. */
  public List<External> externals() {
    return externals;
  }

  public void bool(boolean value) {
    out.put((byte) (value ? 1 : 0));
  }

  public void int8(byte value) {
    out.put(value);
  }

  public void int16(short value) {
    out.putShort(value);
  }

  public void uint16(int value) {
    sizeOfUint16(value);
    out.putShort((short) value);
  }

  public void int32(int value) {
    out.putInt(value);
  }

  public void uint32(long value) {
    sizeOfUint32(value);
    out.putInt((int) value);
  }

  public void int64(long value) {
    out.putLong(value);
  }

  public void float64(double value) {
    out.putDouble(value);
  }

  public void uuid(Uuid value) {
    out.putLong(value.mostSignificantBits()).putLong(value.leastSignificantBits());
  }

  public void unsignedVarint(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  public void varint(int value) {
    unsignedVarint(Varint.zigZag(value));
  }

  public void varlong(long value) {
    long rest = Varint.zigZag(value);
    while ((rest & ~0x7fL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  public void string(@Nullable String value) {
    if (value == null) {
      out.putShort((short) -1);
      return;
    }
    int length = stringLength(value);
    out.putShort((short) length);
    utf8(value, length);
  }

  public void stringCompact(@Nullable String value) {
    if (value == null) {
      out.put((byte) 0);
      return;
    }
    int length = stringLength(value);
    unsignedVarint(length + 1);
    utf8(value, length);
  }

  public void bytes(@Nullable Bytes value) {
    out.putInt(value == null ? -1 : value.size());
    if (value != null) {
      value.putInto(out);
    }
  }

  public void bytesCompact(@Nullable Bytes value) {
    unsignedVarint(value == null ? 0 : value.size() + 1);
    if (value != null) {
      value.putInto(out);
    }
  }

  public void records(@Nullable RecordBytes value) {
    out.putInt(value == null ? -1 : value.size());
    put(value);
  }

  public void recordsCompact(@Nullable RecordBytes value) {
    unsignedVarint(value == null ? 0 : value.size() + 1);
    put(value);
  }

  public void count(int count) {
    out.putInt(count);
  }

  /** The count of an array in a flexible version; {@link WireReader#NULL} for null. */
  public void countCompact(int count) {
    unsignedVarint(count + 1);
  }

  /** Bytes of an unsigned number of 16 bits; also the check of its range. */
  public static int sizeOfUint16(int value) {
    if (value >>> 16 != 0) {
      throw new WireException("value does not fit 16 unsigned bits, value=" + value);
    }
    return Short.BYTES;
  }

  /** Bytes of an unsigned number of 32 bits; also the check of its range. */
  public static int sizeOfUint32(long value) {
    if (value >>> 32 != 0) {
      throw new WireException("value does not fit 32 unsigned bits, value=" + value);
    }
    return Integer.BYTES;
  }

  /** Bytes of a string with its length; also the check of its limit. */
  public static int sizeOfString(@Nullable String value) {
    return value == null ? 2 : 2 + stringLength(value);
  }

  public static int sizeOfStringCompact(@Nullable String value) {
    if (value == null) {
      return 1;
    }
    int length = stringLength(value);
    return Varint.sizeOfUnsigned(length + 1) + length;
  }

  public static int sizeOfBytes(@Nullable Bytes value) {
    return value == null ? 4 : 4 + value.size();
  }

  public static int sizeOfBytesCompact(@Nullable Bytes value) {
    return value == null ? 1 : Varint.sizeOfUnsigned(value.size() + 1) + value.size();
  }

  public static int sizeOfRecords(@Nullable RecordBytes value) {
    return value == null ? 4 : 4 + value.size();
  }

  public static int sizeOfRecordsCompact(@Nullable RecordBytes value) {
    return value == null ? 1 : Varint.sizeOfUnsigned(value.size() + 1) + value.size();
  }

  /** Bytes of {@code value} that are not copied into the output. */
  public static int externalBytes(@Nullable RecordBytes value) {
    return value == null || isCopied(value) ? 0 : value.size();
  }

  /** Bytes of one tagged field: its tag, its size and {@code bytes} of content. */
  public static int sizeOfTagged(int tag, int bytes) {
    return Varint.sizeOfUnsigned(tag) + Varint.sizeOfUnsigned(bytes) + bytes;
  }

  /** Refuses a value that the version has no place for and that must not be dropped silently. */
  public static void refuseUnsupported(boolean isDefault, String field, short version) {
    if (!isDefault) {
      throw new WireException("version has no such field, field=" + field + " version=" + version);
    }
  }

  private static int stringLength(String value) {
    int length = Utf8.length(value);
    if (length > Short.MAX_VALUE) {
      throw new WireException("string is too long, bytes=" + length + " max=" + Short.MAX_VALUE);
    }
    return length;
  }

  private void utf8(String value, int length) {
    if (length == value.length()) {
      for (int i = 0; i < length; i++) {
        char c = value.charAt(i);
        // what is one byte in UTF-8 and not ASCII is a lone surrogate
        out.put((byte) (c < 0x80 ? c : '?'));
      }
    } else {
      out.put(value.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static boolean isCopied(RecordBytes value) {
    return value instanceof RecordBytes.InMemory && value.size() <= COPIED_BYTES_MAX;
  }

  private void put(@Nullable RecordBytes value) {
    if (value instanceof RecordBytes.InMemory memory && isCopied(memory)) {
      out.put(memory.view());
    } else if (value != null) {
      if (externals.isEmpty()) {
        externals = new ArrayList<>();
      }
      externals.add(new External(out.position(), value));
    }
  }
}
