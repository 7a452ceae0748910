package dev.millrace.wire.records;

import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.compress.CompressionException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A batch of records (magic 2), looked at where it lies in a buffer. The view copies nothing; the
 * {@code rewrite} methods change the buffer. Belongs to one thread.
 *
 * <pre>
 *   0 baseOffset int64            offset of the first record, given by the leader
 *   8 batchLength int32           bytes after this field
 *  12 partitionLeaderEpoch int32  given by the leader, not covered by the CRC
 *  16 magic int8                  2
 *  17 crc uint32                  CRC-32C of all bytes from attributes on
 *  21 attributes int16            0-2 codec, 3 append time, 4 transactional, 5 control, 6 horizon
 *  23 lastOffsetDelta int32       last offset - base offset, survives compaction
 *  27 baseTimestamp int64         ms; record timestamps are relative to it
 *  35 maxTimestamp int64          ms
 *  43 producerId int64            -1 when not idempotent
 *  51 producerEpoch int16         -1 when not idempotent
 *  53 baseSequence int32          -1 when not idempotent
 *  57 recordCount int32           may be 0 after compaction
 *  61 records                     compressed as one block when a codec is set
 * </pre>
 */
public final class RecordBatch {
  /** Bytes before the records. */
  public static final int HEADER_BYTES = 61;

  /** Bytes of base offset and length, which the length does not count. */
  public static final int LENGTH_OVERHEAD_BYTES = 12;

  /** The one format version that is spoken. */
  public static final byte MAGIC = 2;

  /** "No value" in timestamps, producer ids, producer epochs, sequences and leader epochs. */
  public static final int NONE = -1;

  static final int AT_LENGTH = 8;
  static final int AT_LEADER_EPOCH = 12;
  static final int AT_MAGIC = 16;
  static final int AT_CRC = 17;
  static final int AT_ATTRIBUTES = 21;
  static final int AT_LAST_OFFSET_DELTA = 23;
  static final int AT_BASE_TIMESTAMP = 27;
  static final int AT_MAX_TIMESTAMP = 35;
  static final int AT_PRODUCER_ID = 43;
  static final int AT_PRODUCER_EPOCH = 51;
  static final int AT_BASE_SEQUENCE = 53;
  static final int AT_RECORD_COUNT = 57;

  static final int CODEC_BITS = 0x07;
  static final int APPEND_TIME_BIT = 0x08;
  static final int TRANSACTIONAL_BIT = 0x10;
  static final int CONTROL_BIT = 0x20;
  static final int HORIZON_BIT = 0x40;

  private final ByteBuffer buffer;
  private final int at;

  private RecordBatch(ByteBuffer buffer, int at) {
    this.buffer = buffer;
    this.at = at;
  }

  /**
   * The batch whose first byte is at an index of a big-endian buffer. Only its header must lie
   * before the buffer's limit: see {@link #isWhole}.
   *
   * @throws CorruptRecordsException when the header is cut short, its length cannot be, or its
   *     magic is not 2
   */
  public static RecordBatch at(ByteBuffer buffer, int at) {
    if (buffer.order() != ByteOrder.BIG_ENDIAN) {
      throw new IllegalArgumentException("batches are read from big-endian buffers only");
    }
    if (at < 0 || buffer.limit() - at < HEADER_BYTES) {
      throw new CorruptRecordsException(
          "batch header is cut short, at=" + at + " limit=" + buffer.limit());
    }
    checkMagic(buffer.get(at + AT_MAGIC));
    checkLength(buffer.getInt(at + AT_LENGTH));
    return new RecordBatch(buffer, at);
  }

  /** The batch at the buffer's position. */
  public static RecordBatch at(ByteBuffer buffer) {
    return at(buffer, buffer.position());
  }

  /**
   * Bytes of the batch at an index, of any magic, without a check; may be senseless or below zero.
   * Needs {@link #LENGTH_OVERHEAD_BYTES} bytes.
   */
  public static long claimedSizeBytes(ByteBuffer buffer, int at) {
    return (long) LENGTH_OVERHEAD_BYTES + buffer.getInt(at + AT_LENGTH);
  }

  static void checkMagic(byte magic) {
    if (magic != MAGIC) {
      throw new CorruptRecordsException(
          magic == 0 || magic == 1
              ? "message format is older than 0.11 and not supported, magic=" + magic
              : "message format is unknown, magic=" + magic);
    }
  }

  static void checkLength(int length) {
    if (length < HEADER_BYTES - LENGTH_OVERHEAD_BYTES
        || length > Integer.MAX_VALUE - LENGTH_OVERHEAD_BYTES) {
      throw new CorruptRecordsException(
          "batch length cannot be, length="
              + length
              + " min="
              + (HEADER_BYTES - LENGTH_OVERHEAD_BYTES));
    }
  }

  /** Index of the first byte in the buffer. */
  public int position() {
    return at;
  }

  /** Bytes of the whole batch, at least {@link #HEADER_BYTES}. */
  public int sizeBytes() {
    return LENGTH_OVERHEAD_BYTES + buffer.getInt(at + AT_LENGTH);
  }

  /** Whether all its bytes lie before the buffer's limit; else only the header can be read. */
  public boolean isWhole() {
    return sizeBytes() <= buffer.limit() - at;
  }

  public long baseOffset() {
    return buffer.getLong(at);
  }

  /** Offset of the last record, or of the last one there was before compaction. */
  public long lastOffset() {
    return baseOffset() + lastOffsetDelta();
  }

  /** The offset after the last one. */
  public long nextOffset() {
    return lastOffset() + 1;
  }

  public int partitionLeaderEpoch() {
    return buffer.getInt(at + AT_LEADER_EPOCH);
  }

  /** The stored CRC-32C, its 32 bits as they are. */
  public int crc() {
    return buffer.getInt(at + AT_CRC);
  }

  public short attributes() {
    return buffer.getShort(at + AT_ATTRIBUTES);
  }

  /** The number of the codec, 0 to 7, of which those above 4 mean nothing. */
  public int codecId() {
    return attributes() & CODEC_BITS;
  }

  /**
   * How the records are compressed.
   *
   * @throws CorruptRecordsException when the number has no codec
   */
  public Codec codec() {
    Codec codec = Codec.of(codecId());
    if (codec == null) {
      throw new CorruptRecordsException("compression codec is unknown, codec=" + codecId());
    }
    return codec;
  }

  public TimestampType timestampType() {
    return has(APPEND_TIME_BIT) ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
  }

  public boolean isTransactional() {
    return has(TRANSACTIONAL_BIT);
  }

  /** Whether it holds a control record instead of records of an application. */
  public boolean isControl() {
    return has(CONTROL_BIT);
  }

  /** Whether a compaction noted when the batch's tombstones may go: see {@link #baseTimestamp}. */
  public boolean hasDeleteHorizon() {
    return has(HORIZON_BIT);
  }

  public int lastOffsetDelta() {
    return buffer.getInt(at + AT_LAST_OFFSET_DELTA);
  }

  /**
   * What record timestamps are relative to, ms: the first record's own, or the delete horizon when
   * there is one.
   */
  public long baseTimestamp() {
    return buffer.getLong(at + AT_BASE_TIMESTAMP);
  }

  /** The highest timestamp in the batch, ms, as its writer claims; {@link #NONE} when none. */
  public long maxTimestamp() {
    return buffer.getLong(at + AT_MAX_TIMESTAMP);
  }

  public long producerId() {
    return buffer.getLong(at + AT_PRODUCER_ID);
  }

  /** Whether a producer id is there, so that sequences count. */
  public boolean hasProducer() {
    return producerId() >= 0;
  }

  public short producerEpoch() {
    return buffer.getShort(at + AT_PRODUCER_EPOCH);
  }

  /** Sequence of the first record, or {@link #NONE}. */
  public int baseSequence() {
    return buffer.getInt(at + AT_BASE_SEQUENCE);
  }

  /** Sequence of the last record, or {@link #NONE}; wraps from 2147483647 to 0. */
  public int lastSequence() {
    int base = baseSequence();
    return base == NONE ? NONE : (base + lastOffsetDelta()) & Integer.MAX_VALUE;
  }

  /** Number of records as the header claims; 0 after compaction took all. */
  public int recordCount() {
    return buffer.getInt(at + AT_RECORD_COUNT);
  }

  /** Bytes of the records, compressed when there is a codec. */
  public int payloadBytes() {
    return sizeBytes() - HEADER_BYTES;
  }

  /** The records as they lie there: a slice, compressed when there is a codec. */
  public ByteBuffer payload() {
    checkWhole();
    return buffer.slice(at + HEADER_BYTES, payloadBytes());
  }

  /**
   * The records, decompressed as they are read.
   *
   * @throws CorruptRecordsException when the batch is cut short, or its codec or record count
   *     cannot be; the cursor throws it too
   */
  public RecordCursor records() {
    return records(RecordCursor.PLAIN_BYTES_MAX);
  }

  /**
   * The records, decompressed as they are read.
   *
   * @param plainBytesMax most bytes that a compressed batch may become
   */
  public RecordCursor records(long plainBytesMax) {
    return new RecordCursor(this, open(plainBytesMax, null));
  }

  /**
   * The plain bytes of the records.
   *
   * @param copy gets the plain bytes of a compressed batch as they come, or null
   */
  RecordInput open(long plainBytesMax, @Nullable OutputStream copy) {
    Codec codec = codec();
    if (codec == Codec.NONE) {
      return RecordInput.of(payload());
    }
    try {
      return RecordInput.of(codec.decompress(payload(), plainBytesMax), copy);
    } catch (CompressionException e) {
      throw new CorruptRecordsException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The whole batch: a slice. */
  public ByteBuffer slice() {
    checkWhole();
    return buffer.slice(at, sizeBytes());
  }

  /** CRC-32C of what is there now. */
  public int computeCrc() {
    checkWhole();
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(at + AT_ATTRIBUTES, sizeBytes() - AT_ATTRIBUTES));
    return (int) crc.getValue();
  }

  /** Whether the stored CRC is that of the bytes. */
  public boolean isIntact() {
    return computeCrc() == crc();
  }

  /** Moves the batch to other offsets; the CRC does not cover them. */
  public void rewriteBaseOffset(long baseOffset) {
    buffer.putLong(at, baseOffset);
  }

  /**
   * Numbers the records for another incarnation of their producer (KIP-360), and sets the CRC anew.
   * Only for a batch that no node has taken.
   */
  public void rewriteProducer(long id, short epoch, int sequence) {
    buffer.putLong(at + AT_PRODUCER_ID, id);
    buffer.putShort(at + AT_PRODUCER_EPOCH, epoch);
    buffer.putInt(at + AT_BASE_SEQUENCE, sequence);
    buffer.putInt(at + AT_CRC, computeCrc());
  }

  /** Notes the epoch of the leader that appends it; the CRC does not cover it. */
  public void rewritePartitionLeaderEpoch(int epoch) {
    buffer.putInt(at + AT_LEADER_EPOCH, epoch);
  }

  /**
   * Makes all records carry the leader's time, and computes the CRC again. Does nothing when they
   * carry it already.
   *
   * @param appendTimeMs the leader's clock
   */
  public void rewriteAppendTime(long appendTimeMs) {
    rewriteTimestamp(TimestampType.LOG_APPEND_TIME, appendTimeMs);
  }

  /** Rewrites type and max timestamp, and computes the CRC again when either changed. */
  public void rewriteTimestamp(TimestampType type, long maxTimestampMs) {
    if (timestampType() == type && maxTimestamp() == maxTimestampMs) {
      return;
    }
    int others = attributes() & ~APPEND_TIME_BIT;
    int bit = type == TimestampType.LOG_APPEND_TIME ? APPEND_TIME_BIT : 0;
    buffer.putShort(at + AT_ATTRIBUTES, (short) (others | bit));
    buffer.putLong(at + AT_MAX_TIMESTAMP, maxTimestampMs);
    buffer.putInt(at + AT_CRC, computeCrc());
  }

  @Override
  public String toString() {
    return "RecordBatch[baseOffset="
        + baseOffset()
        + " lastOffset="
        + lastOffset()
        + " sizeBytes="
        + sizeBytes()
        + " records="
        + recordCount()
        + "]";
  }

  private boolean has(int bit) {
    return (attributes() & bit) != 0;
  }

  private void checkWhole() {
    if (!isWhole()) {
      throw new CorruptRecordsException(
          "batch is cut short, sizeBytes=" + sizeBytes() + " there=" + (buffer.limit() - at));
    }
  }
}
