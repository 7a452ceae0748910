package dev.millrace.log.journal;

import dev.millrace.base.disk.BlockFile;
import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One write to a journal: entries of several logs that count all or not at all.
 *
 * <pre>
 *    0 magic     int32   "MRJF"
 *    4 sizeBytes int32   with this head, without the zeros up to the next block
 *    8 crc       uint32  CRC-32C of the bytes from 12 to sizeBytes
 *   12 reserved  int32   0
 *   16 sequence  int64   one more than that of the frame before
 *   24 entries:
 *     0 kind        int8    1 bytes from where a batch begins, 2 bytes that go on, 3 forget
 *     1 reserved    int8    0
 *     2 topicBytes  int16   length of the topic's name
 *     4 partition   int32
 *     8 topicId     16 bytes
 *    24 segment     int64   base offset in the name of the segment's file
 *    32 position    int32   of the bytes in that file
 *    36 dataBytes   int32
 *    40 durableEnd  int64   below this offset the log is on disk when the entry is there again
 *    48 topic's name, data
 * </pre>
 *
 * <p>An entry of kind 3 has neither position nor data: entries of its log in front of it say
 * nothing any more.
 */
public final class Frame {
  /** Most bytes of one frame, and of memory for it. */
  public static final int BYTES_MAX = 1 << 20;

  static final int MAGIC = 0x4d524a46;
  static final int HEAD_BYTES = 24;
  static final int ENTRY_BYTES = 48;
  static final int AT_CRC = 8;
  static final int CRC_FROM = 12;

  static final byte BATCHES = 1;
  static final byte MORE_BYTES = 2;
  static final byte FORGET = 3;

  private final ByteBuffer buffer;

  /**
   * Room for frames.
   *
   * @param bytesMax most bytes of a frame, whole blocks
   */
  public Frame(int bytesMax) {
    buffer = BlockFile.buffer(bytesMax);
    clear();
  }

  /** Begins anew without entries. */
  public void clear() {
    buffer.clear().position(HEAD_BYTES);
  }

  public boolean isEmpty() {
    return buffer.position() == HEAD_BYTES;
  }

  /** How many bytes of a log still go into this frame; zero or less for none. */
  public int room(Place place) {
    return buffer.remaining() - ENTRY_BYTES - place.topic.length;
  }

  /** Where bytes lie: a log's segment. */
  public static final class Place {
    private final LogKey log;
    private final byte[] topic;
    private final long segment;

    /**
     * @param segment base offset of the segment
     */
    public Place(LogKey log, long segment) {
      this.log = log;
      this.topic = log.topicBytes();
      this.segment = segment;
    }
  }

  /**
   * Adds bytes of a segment, at most {@link #room}.
   *
   * @param isStart whether the first of them is the first of a batch
   * @param durableEnd offset that the log is on disk to, once these bytes are
   */
  public void add(Place place, DiskFile file, Span span, boolean isStart, long durableEnd) {
    head(isStart ? BATCHES : MORE_BYTES, place, span, durableEnd);
    int at = buffer.position();
    ByteBuffer target = buffer.slice(at, span.length());
    if (file.read(target, span.position()) < span.length()) {
      throw new IllegalStateException("segment ends before what was appended, span=" + span);
    }
    buffer.position(at + span.length());
  }

  /** A part of a segment's file. */
  public record Span(int position, int length) {}

  /** Voids the entries of a log in front of this one. */
  public void forget(LogKey log) {
    head(FORGET, new Place(log, 0), new Span(0, 0), 0);
  }

  /** Bytes that the frame has on disk. */
  public int blockBytes() {
    return (buffer.position() + BlockFile.BLOCK_BYTES - 1) & -BlockFile.BLOCK_BYTES;
  }

  /** The frame as whole blocks, ready to be written. */
  ByteBuffer finish(long sequence) {
    int size = buffer.position();
    int end = blockBytes();
    while (buffer.position() < end) {
      buffer.put((byte) 0);
    }
    buffer.putInt(0, MAGIC).putInt(4, size).putInt(CRC_FROM, 0).putLong(16, sequence);
    buffer.putInt(AT_CRC, crc(buffer, size));
    return buffer.slice(0, end);
  }

  static int crc(ByteBuffer frame, int sizeBytes) {
    CRC32C crc = new CRC32C();
    crc.update(frame.duplicate().clear().slice(CRC_FROM, sizeBytes - CRC_FROM));
    return (int) crc.getValue();
  }

  private void head(byte kind, Place place, Span span, long durableEnd) {
    LogKey log = place.log;
    buffer.put(kind).put((byte) 0).putShort((short) place.topic.length);
    buffer.putInt(log.partition().partition());
    buffer.putLong(log.topicId().mostSignificantBits());
    buffer.putLong(log.topicId().leastSignificantBits());
    buffer.putLong(place.segment).putInt(span.position()).putInt(span.length());
    buffer.putLong(durableEnd).put(place.topic);
  }
}
