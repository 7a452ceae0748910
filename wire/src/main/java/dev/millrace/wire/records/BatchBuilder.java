package dev.millrace.wire.records;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one batch: settings first, then records, then {@link #build}. Belongs to one thread.
 *
 * <pre>
 *   ByteBuffer batch =
 *       BatchBuilder.from(0).producer(7, (short) 0, 0).append(nowMs, key, value).build();
 * </pre>
 */
public final class BatchBuilder {
  private final long baseOffset;
  private static final int BYTES_EXPECTED = 512;

  private final ByteSink plain;
  private final RecordWriter records;
  private @Nullable ByteSink packed;
  private Codec codec = Codec.NONE;
  private int level;
  private int leaderEpoch = RecordBatch.NONE;
  private int attributes;
  private long producerId = RecordBatch.NONE;
  private short producerEpoch = RecordBatch.NONE;
  private int baseSequence = RecordBatch.NONE;
  private long baseTimestamp = RecordBatch.NONE;
  private long maxTimestamp = RecordBatch.NONE;
  private long lastOffset;
  private int count;

  private BatchBuilder(long baseOffset, byte[] memory) {
    this.baseOffset = baseOffset;
    this.plain = new ByteSink(memory, ByteSink.BYTES_MAX);
    this.records = new RecordWriter(plain);
    this.lastOffset = baseOffset - 1;
    plain.skip(RecordBatch.HEADER_BYTES);
  }

  /** A batch whose first offset is this; clients say 0, the leader rewrites it. */
  public static BatchBuilder from(long baseOffset) {
    return new BatchBuilder(baseOffset, new byte[BYTES_EXPECTED]);
  }

  /**
   * A batch whose first offset is 0, written to memory that the caller has.
   *
   * @param memory used from its beginning, and left when it is too small: {@link #memory} tells
   */
  public static BatchBuilder in(byte[] memory) {
    return new BatchBuilder(0, memory);
  }

  /** What the records lie in, before they are compressed. */
  public byte[] memory() {
    return plain.memory();
  }

  public BatchBuilder leaderEpoch(int epoch) {
    leaderEpoch = epoch;
    return this;
  }

  /** Compresses the records at the codec's default level. */
  public BatchBuilder compressed(Codec codec) {
    return compressed(codec, codec.levelDefault());
  }

  public BatchBuilder compressed(Codec codec, int level) {
    this.codec = codec;
    this.level = level;
    return this;
  }

  /** The records are numbered for an idempotent producer (KIP-98). */
  public BatchBuilder producer(long id, short epoch, int sequence) {
    producerId = id;
    producerEpoch = epoch;
    baseSequence = sequence;
    return this;
  }

  public BatchBuilder transactional() {
    attributes |= RecordBatch.TRANSACTIONAL_BIT;
    return this;
  }

  public BatchBuilder control() {
    attributes |= RecordBatch.CONTROL_BIT;
    return this;
  }

  /** All records get the leader's time, whatever they are appended with. */
  public BatchBuilder appendTime(long appendTimeMs) {
    attributes |= RecordBatch.APPEND_TIME_BIT;
    maxTimestamp = appendTimeMs;
    return this;
  }

  /** When the tombstones of this compacted batch may go, ms (KIP-534). */
  public BatchBuilder deleteHorizon(long horizonMs) {
    checkEmpty();
    attributes |= RecordBatch.HORIZON_BIT;
    baseTimestamp = horizonMs;
    return this;
  }

  /** The next record, without headers. */
  public BatchBuilder append(long timestampMs, @Nullable Bytes key, @Nullable Bytes value) {
    return append(
        timestampMs,
        key == null ? null : key.buffer(),
        value == null ? null : value.buffer(),
        List.of());
  }

  /**
   * The next record.
   *
   * @param key the bytes from position to limit, or null; the buffer does not change
   * @param value as the key
   */
  public BatchBuilder append(
      long timestampMs,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers) {
    int offsetDelta = Math.toIntExact(lastOffset + 1 - baseOffset);
    records.record(begin(timestampMs, offsetDelta), offsetDelta, key, value, headers);
    return this;
  }

  /**
   * The next record.
   *
   * @param key null for none
   * @param value null for none
   */
  public BatchBuilder appendBytes(
      long timestampMs,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<RecordHeader> headers) {
    int offsetDelta = Math.toIntExact(lastOffset + 1 - baseOffset);
    records.record(begin(timestampMs, offsetDelta), offsetDelta, key, value, headers);
    return this;
  }

  /** Lets the next record have this offset, or the batch end before it: compaction leaves holes. */
  public BatchBuilder skipTo(long nextOffset) {
    if (nextOffset <= lastOffset) {
      throw new IllegalArgumentException(
          "offset goes back, nextOffset=" + nextOffset + " lastOffset=" + lastOffset);
    }
    lastOffset = nextOffset - 1;
    return this;
  }

  /** Records so far. */
  public int count() {
    return count;
  }

  /** Bytes of the batch so far, without compression. */
  public int sizeBytes() {
    return plain.size();
  }

  /** The finished batch, from position 0 to its limit; the builder is used up. */
  public ByteBuffer build() {
    if (codec == Codec.NONE) {
      return finish(plain);
    }
    ByteSink done = packed;
    return finish(
        done == null ? compress(new byte[plain.size() / 2 + RecordBatch.HEADER_BYTES]) : done);
  }

  /**
   * Compresses the records now; no record may come any more. What they lay in is free: {@link
   * #memory}.
   *
   * @param memory for the compressed records, left when it is too small
   * @throws IllegalStateException without compression
   */
  public void pack(byte[] memory) {
    if (codec == Codec.NONE || packed != null) {
      throw new IllegalStateException("nothing is to be compressed, codec=" + codec);
    }
    packed = compress(memory);
  }

  private ByteBuffer finish(ByteSink all) {
    if (all.isOver()) {
      throw new IllegalArgumentException("batch is too large, max=" + ByteSink.BYTES_MAX);
    }
    ByteBuffer batch = all.written();
    batch
        .putLong(baseOffset)
        .putInt(batch.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES)
        .putInt(leaderEpoch)
        .put(RecordBatch.MAGIC)
        .putInt(0)
        .putShort((short) (attributes | codec.id()))
        .putInt(Math.max(0, Math.toIntExact(lastOffset - baseOffset)))
        .putLong(baseTimestamp)
        .putLong(maxTimestamp)
        .putLong(producerId)
        .putShort(producerEpoch)
        .putInt(baseSequence)
        .putInt(count);
    batch.rewind();
    batch.putInt(RecordBatch.AT_CRC, RecordBatch.at(batch).computeCrc());
    return batch;
  }

  private ByteSink compress(byte[] memory) {
    ByteSink sink = new ByteSink(memory, ByteSink.BYTES_MAX);
    sink.skip(RecordBatch.HEADER_BYTES);
    int from = RecordBatch.HEADER_BYTES;
    codec.compress(plain.memory(), from, plain.size() - from, sink, level);
    return sink;
  }

  private long begin(long timestampMs, int offsetDelta) {
    if (count == 0 && !has(RecordBatch.HORIZON_BIT)) {
      baseTimestamp = timestampMs;
    }
    if (!has(RecordBatch.APPEND_TIME_BIT)) {
      maxTimestamp = count == 0 ? timestampMs : Math.max(maxTimestamp, timestampMs);
    }
    count++;
    lastOffset = baseOffset + offsetDelta;
    return timestampMs - baseTimestamp;
  }

  private boolean has(int bit) {
    return (attributes & bit) != 0;
  }

  private void checkEmpty() {
    if (count > 0) {
      throw new IllegalStateException("settings come before records, records=" + count);
    }
  }
}
