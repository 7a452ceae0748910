package dev.millrace.wire.records;

import dev.millrace.wire.Varint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes records one after another.
 *
 * <pre>
 *   length varint            bytes after this field
 *   attributes int8          0
 *   timestampDelta varlong   ms after the batch's base timestamp
 *   offsetDelta varint       after the batch's base offset
 *   key, value               each varint length (-1 null) and bytes
 *   headers varint count     each: varint length, UTF-8 key, varint length (-1 null), value
 * </pre>
 */
final class RecordWriter {
  private final ByteSink sink;

  RecordWriter(ByteSink sink) {
    this.sink = sink;
  }

  void record(
      long timestampDelta,
      int offsetDelta,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers) {
    byte[][] headerKeys = headerKeys(headers);
    long length =
        1L
            + Varint.sizeOfUnsigned(Varint.zigZag(timestampDelta))
            + sizeOfVarint(offsetDelta)
            + sizeOfBlock(key)
            + sizeOfBlock(value)
            + sizeOfHeaders(headers, headerKeys);
    if (length > ByteSink.BYTES_MAX) {
      throw new IllegalArgumentException("record is too large, bytes=" + length);
    }
    varint((int) length);
    sink.write(0);
    varlong(timestampDelta);
    varint(offsetDelta);
    block(key);
    block(value);
    varint(headers.size());
    for (int i = 0; i < headerKeys.length; i++) {
      block(ByteBuffer.wrap(headerKeys[i]));
      block(headers.get(i).value());
    }
  }

  /** The same with plain bytes: the way of producers, written by one look at the memory. */
  void record(
      long timestampDelta,
      int offsetDelta,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<RecordHeader> headers) {
    if (!headers.isEmpty()) {
      record(timestampDelta, offsetDelta, wrapped(key), wrapped(value), headers);
      return;
    }
    long length =
        2L
            + Varint.sizeOfUnsigned(Varint.zigZag(timestampDelta))
            + sizeOfVarint(offsetDelta)
            + sizeOfBlock(key)
            + sizeOfBlock(value);
    long all = length + sizeOfVarint((int) length);
    if (length > ByteSink.BYTES_MAX || all > ByteSink.BYTES_MAX) {
      throw new IllegalArgumentException("record is too large, bytes=" + length);
    }
    byte[] memory = sink.reserved((int) all);
    if (memory.length > 0) {
      int at = put(memory, sink.position(), Varint.zigZag((int) length));
      memory[at++] = 0;
      at = put(memory, at, Varint.zigZag(timestampDelta));
      at = put(memory, at, Varint.zigZag(offsetDelta));
      at = put(memory, at, key);
      at = put(memory, at, value);
      memory[at] = 0;
      sink.advance((int) all);
    }
  }

  private static @Nullable ByteBuffer wrapped(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  private static long sizeOfBlock(byte @Nullable [] block) {
    return block == null ? 1 : (long) sizeOfVarint(block.length) + block.length;
  }

  private static int put(byte[] memory, int start, byte @Nullable [] block) {
    if (block == null) {
      memory[start] = 1; // -1
      return start + 1;
    }
    int at = put(memory, start, Varint.zigZag(block.length));
    System.arraycopy(block, 0, memory, at, block.length);
    return at + block.length;
  }

  private static int put(byte[] memory, int start, int unsigned) {
    int at = start;
    int rest = unsigned;
    while ((rest & ~0x7f) != 0) {
      memory[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    memory[at++] = (byte) rest;
    return at;
  }

  private static int put(byte[] memory, int start, long unsigned) {
    int at = start;
    long rest = unsigned;
    while ((rest & ~0x7fL) != 0) {
      memory[at++] = (byte) ((int) rest | 0x80);
      rest >>>= 7;
    }
    memory[at++] = (byte) rest;
    return at;
  }

  /** A record as it lay in its batch, behind its length field. */
  void body(ByteBuffer body) {
    varint(body.remaining());
    sink.write(body);
  }

  /** A record with another timestamp delta; the buffer does not change. */
  void body(ByteBuffer body, long timestampDelta, int deltaBytesBefore) {
    int deltaBytes = Varint.sizeOfUnsigned(Varint.zigZag(timestampDelta));
    varint(body.remaining() - deltaBytesBefore + deltaBytes);
    sink.write(body.get(body.position()));
    varlong(timestampDelta);
    int rest = 1 + deltaBytesBefore;
    sink.write(body.slice(body.position() + rest, body.remaining() - rest));
  }

  private static byte[][] headerKeys(List<RecordHeader> headers) {
    byte[][] keys = new byte[headers.size()][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = headers.get(i).key().getBytes(StandardCharsets.UTF_8);
    }
    return keys;
  }

  private static long sizeOfHeaders(List<RecordHeader> headers, byte[][] keys) {
    long bytes = sizeOfVarint(keys.length);
    for (int i = 0; i < keys.length; i++) {
      bytes += sizeOfVarint(keys[i].length) + keys[i].length;
      bytes += sizeOfBlock(headers.get(i).value());
    }
    return bytes;
  }

  private static int sizeOfVarint(int value) {
    return Varint.sizeOfUnsigned(Varint.zigZag(value));
  }

  private static long sizeOfBlock(@Nullable ByteBuffer block) {
    return block == null ? 1 : (long) sizeOfVarint(block.remaining()) + block.remaining();
  }

  private void varint(int value) {
    int rest = Varint.zigZag(value);
    while ((rest & ~0x7f) != 0) {
      sink.write(rest | 0x80);
      rest >>>= 7;
    }
    sink.write(rest);
  }

  private void varlong(long value) {
    long rest = Varint.zigZag(value);
    while ((rest & ~0x7fL) != 0) {
      sink.write((int) rest | 0x80);
      rest >>>= 7;
    }
    sink.write((int) rest);
  }

  private void block(@Nullable ByteBuffer block) {
    if (block == null) {
      varint(-1);
    } else {
      varint(block.remaining());
      sink.write(block);
    }
  }
}
