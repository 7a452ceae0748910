package dev.millrace.wire.records;

import dev.millrace.wire.compress.Codec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Writes a batch again with only some of its records: what a compaction leaves of it. Offsets,
 * producer, sequences and codec stay; records keep the bytes they had. Used for one batch after
 * another: {@link #begin}, {@link #keep} for each record, {@link #build}. Belongs to one thread.
 */
public final class BatchRewrite {
  /** The batch gets no delete horizon that it has not. */
  public static final long NO_HORIZON = Long.MIN_VALUE;

  private final ByteSink kept = new ByteSink(16 * 1024, ByteSink.BYTES_MAX);
  private final RecordWriter writer = new RecordWriter(kept);
  private RecordBatch source = RecordBatch.at(BatchBuilder.from(0).build());
  private int count;
  private long maxTimestamp;

  /** Forgets the batch before and its records. */
  public void begin(RecordBatch batch) {
    source = batch;
    kept.clear();
    kept.skip(RecordBatch.HEADER_BYTES);
    count = 0;
    maxTimestamp = RecordBatch.NONE;
  }

  /** Takes over the record that the cursor of the batch stands at. */
  public void keep(RecordCursor record) {
    writer.body(record.body());
    maxTimestamp = count == 0 ? record.timestampMs() : Math.max(maxTimestamp, record.timestampMs());
    count++;
  }

  /** Number of records taken over. */
  public int count() {
    return count;
  }

  /**
   * The batch with the records taken over, perhaps none.
   *
   * @param horizonMs when its tombstones, or its marker, may go (KIP-534), or {@link #NO_HORIZON}
   * @return from position 0 to the limit; valid until the next {@link #begin}
   */
  public ByteBuffer build(long horizonMs) {
    boolean isMarked = horizonMs != NO_HORIZON;
    ByteSink plain = isMarked ? relativeTo(horizonMs) : kept;
    ByteSink all = source.codec() == Codec.NONE || count == 0 ? plain : compressed(plain);
    if (all.isOver()) {
      throw new CorruptRecordsException("batch has become too large, max=" + ByteSink.BYTES_MAX);
    }
    ByteBuffer batch = all.written();
    batch.put(0, source.slice(), 0, RecordBatch.HEADER_BYTES);
    batch.putInt(RecordBatch.AT_LENGTH, batch.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
    batch.putInt(RecordBatch.AT_RECORD_COUNT, count);
    if (count > 0 && source.timestampType() == TimestampType.CREATE_TIME) {
      batch.putLong(RecordBatch.AT_MAX_TIMESTAMP, maxTimestamp);
    }
    int attributes = source.attributes();
    if (isMarked) {
      attributes |= RecordBatch.HORIZON_BIT;
      batch.putLong(RecordBatch.AT_BASE_TIMESTAMP, horizonMs);
    }
    if (count == 0) {
      attributes &= ~RecordBatch.CODEC_BITS;
    }
    batch.putShort(RecordBatch.AT_ATTRIBUTES, (short) attributes);
    batch.putInt(RecordBatch.AT_CRC, RecordBatch.at(batch).computeCrc());
    return batch;
  }

  /** The records with times that are relative to another one. */
  private ByteSink relativeTo(long baseMs) {
    ByteSink moved = new ByteSink(kept.size() + 5 * count, ByteSink.BYTES_MAX);
    moved.skip(RecordBatch.HEADER_BYTES);
    RecordWriter out = new RecordWriter(moved);
    ByteBuffer records = kept.written().position(RecordBatch.HEADER_BYTES).slice();
    RecordInput in = RecordInput.of(records);
    for (int i = 0; i < count; i++) {
      int length = in.varint();
      int at = in.position();
      in.skip(1);
      long timestampMs = source.baseTimestamp() + in.varlong();
      int deltaBytes = in.position() - at - 1;
      out.body(records.slice(at, length), timestampMs - baseMs, deltaBytes);
      in.skip(at + length - in.position());
    }
    return moved;
  }

  private ByteSink compressed(ByteSink plain) {
    ByteSink sink = new ByteSink(plain.size() / 2 + RecordBatch.HEADER_BYTES, ByteSink.BYTES_MAX);
    sink.skip(RecordBatch.HEADER_BYTES);
    Codec codec = source.codec();
    try (OutputStream out = codec.compress(sink, codec.levelDefault())) {
      plain.copyTo(out, RecordBatch.HEADER_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sink;
  }
}
