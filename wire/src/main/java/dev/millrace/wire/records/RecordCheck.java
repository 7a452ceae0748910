package dev.millrace.wire.records;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchVerdict.RecordError;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link BatchCheck} that looks at records: goes through them once, forward, in little
 * memory, and on the same way compresses them again where the topic wants another codec.
 */
final class RecordCheck {
  /** Most plain bytes of a batch that is written again because its offsets have holes. */
  static final int REWRITTEN_BYTES_MAX = 32 * 1024 * 1024;

  /** Kafka's own words: programs and tests compare them. */
  private static final String WRONG_TIMESTAMP =
      "One or more records have been rejected due to invalid timestamp";

  private final RecordBatch batch;
  private final BatchRules rules;
  private final long nowMs;
  private final List<RecordError> errors = new ArrayList<>();
  private int errorCount;
  private boolean isTimestampWrong;
  private boolean isDense = true;
  private long plainBytes;
  private long maxTimestamp = RecordBatch.NONE;

  RecordCheck(RecordBatch batch, BatchRules rules, long nowMs) {
    this.batch = batch;
    this.rules = rules;
    this.nowMs = nowMs;
  }

  /**
   * The batch to append.
   *
   * @throws RefusedException when it must not be appended
   */
  RecordBatch checked() {
    RecordBatch checked = batch;
    if (looksInside()) {
      checked = isRecompressed() ? recompressed(target()) : passedThrough();
    }
    if (!rules.timestamps().isCreateTime()) {
      checked.rewriteAppendTime(nowMs);
    }
    return checked;
  }

  private boolean looksInside() {
    return batch.codec() == Codec.NONE
        || rules.looksIntoAll()
        || rules.needsKeys()
        || rules.timestamps().hasBefore()
        || isRecompressed()
        || refusesTimestamp(batch.maxTimestamp());
  }

  private boolean isRecompressed() {
    return target().codec() != batch.codec();
  }

  private Recompression target() {
    Recompression wanted = rules.recompression();
    return wanted == null ? Recompression.to(batch.codec()) : wanted;
  }

  private boolean refusesTimestamp(long timestampMs) {
    return rules.timestamps().isCreateTime() && rules.timestamps().refuses(timestampMs, nowMs);
  }

  private RecordBatch passedThrough() {
    if (!isQuicklyPassed()) {
      goThrough(null);
    }
    if (!isDense) {
      return rewritten();
    }
    if (rules.timestamps().isCreateTime()) {
      batch.rewriteTimestamp(TimestampType.CREATE_TIME, maxTimestamp);
    }
    return batch;
  }

  /** Whether nothing is wrong with plain records; else they are gone through once more. */
  private boolean isQuicklyPassed() {
    if (batch.codec() != Codec.NONE || batch.timestampType() != TimestampType.CREATE_TIME) {
      return false;
    }
    PlainWalk walk = new PlainWalk(batch);
    boolean isInOrder =
        walk.isInOrder(batch.recordCount())
            && (walk.allHaveKeys() || !rules.needsKeys())
            && walk.minTimestampMs() != RecordBatch.NONE
            && !refusesTimestamp(walk.minTimestampMs())
            && !refusesTimestamp(walk.maxTimestampMs());
    if (isInOrder) {
      maxTimestamp = walk.maxTimestampMs();
    }
    return isInOrder;
  }

  private RecordBatch recompressed(Recompression to) {
    ByteSink sink = new ByteSink(batch.sizeBytes(), Math.max(rules.batchBytesMax(), 0));
    sink.skip(RecordBatch.HEADER_BYTES);
    try (OutputStream out = to.codec().compress(sink, to.level())) {
      if (batch.codec() == Codec.NONE) {
        goThrough(null);
        copyPayload(out);
      } else {
        goThrough(new LimitedCopy(out, sink));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!isDense) {
      return rewritten();
    }
    if (sink.isOver()) {
      throw tooLarge();
    }
    RecordBatch fresh = withHeader(sink.written(), to.codec());
    BatchCheck.checkSize(fresh, rules);
    return fresh;
  }

  private RefusedException tooLarge() {
    return new RefusedException(
        ErrorCode.MESSAGE_TOO_LARGE,
        "batch is larger than max.message.bytes in the topic's compression.type, codec="
            + target().codec()
            + " max="
            + rules.batchBytesMax());
  }

  /** Ends the work as soon as the result is known to be too large. */
  private final class LimitedCopy extends OutputStream {
    private final OutputStream out;
    private final ByteSink sink;

    LimitedCopy(OutputStream out, ByteSink sink) {
      this.out = out;
      this.sink = sink;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      if (sink.isOver()) {
        throw tooLarge();
      }
      out.write(from, offset, length);
    }
  }

  private void copyPayload(OutputStream out) throws IOException {
    byte[] chunk = new byte[8192];
    ByteBuffer payload = batch.payload();
    while (payload.hasRemaining()) {
      int count = Math.min(chunk.length, payload.remaining());
      payload.get(chunk, 0, count);
      out.write(chunk, 0, count);
    }
  }

  /** The old header around other record bytes. */
  private RecordBatch withHeader(ByteBuffer bytes, Codec codec) {
    bytes.put(0, batch.slice(), 0, RecordBatch.HEADER_BYTES);
    bytes.putInt(RecordBatch.AT_LENGTH, bytes.limit() - RecordBatch.LENGTH_OVERHEAD_BYTES);
    int attributes = (batch.attributes() & ~RecordBatch.CODEC_BITS) | codec.id();
    bytes.putShort(RecordBatch.AT_ATTRIBUTES, (short) attributes);
    bytes.putLong(RecordBatch.AT_MAX_TIMESTAMP, maxTimestamp);
    RecordBatch fresh = RecordBatch.at(bytes);
    bytes.putInt(RecordBatch.AT_CRC, fresh.computeCrc());
    return fresh;
  }

  /** The same records with offsets from 0 on without holes. */
  private RecordBatch rewritten() {
    if (plainBytes > REWRITTEN_BYTES_MAX) {
      throw new RefusedException(
          ErrorCode.INVALID_RECORD,
          "offsets in the batch must count from 0 without holes, it is too large to be written"
              + " again, plainBytes="
              + plainBytes
              + " max="
              + REWRITTEN_BYTES_MAX);
    }
    Recompression to = target();
    BatchBuilder builder =
        BatchBuilder.from(0)
            .compressed(to.codec(), to.level())
            .producer(batch.producerId(), batch.producerEpoch(), batch.baseSequence());
    if (batch.isTransactional()) {
      builder.transactional();
    }
    try (RecordCursor records = batch.records()) {
      while (records.advance(true)) {
        builder.append(records.timestampMs(), records.key(), records.value(), records.headers());
      }
    }
    RecordBatch fresh = RecordBatch.at(builder.build());
    BatchCheck.checkSize(fresh, rules);
    return fresh;
  }

  private void goThrough(@Nullable OutputStream copy) {
    try (RecordInput input = batch.open(RecordCursor.PLAIN_BYTES_MAX, copy)) {
      RecordCursor records = new RecordCursor(batch, input);
      for (int index = 0; records.advance(false); index++) {
        look(records, index);
      }
      plainBytes = input.consumed();
    }
    refuseErrors();
  }

  private void look(RecordCursor record, int index) {
    isDense &= record.offsetDelta() == index;
    long timestampMs = record.timestampMs();
    maxTimestamp = index == 0 ? timestampMs : Math.max(maxTimestamp, timestampMs);
    if (rules.needsKeys() && !record.hasKey()) {
      blame(index, "a record of a compacted topic needs a key");
    }
    if (refusesTimestamp(timestampMs)) {
      isTimestampWrong = true;
      blame(
          index,
          "timestamp is outside what the topic allows, timestamp="
              + timestampMs
              + " now="
              + nowMs
              + " beforeMaxMs="
              + rules.timestamps().beforeMaxMs()
              + " afterMaxMs="
              + rules.timestamps().afterMaxMs());
    }
  }

  private void blame(int index, String message) {
    errorCount++;
    if (errors.size() < BatchCheck.RECORD_ERRORS_MAX) {
      errors.add(new RecordError(index, message));
    }
  }

  private void refuseErrors() {
    if (errorCount > 0) {
      throw new RefusedException(
          new BatchVerdict.Refused(
              isTimestampWrong ? ErrorCode.INVALID_TIMESTAMP : ErrorCode.INVALID_RECORD,
              isTimestampWrong ? WRONG_TIMESTAMP : "batch has wrong records, count=" + errorCount,
              List.copyOf(errors)));
    }
  }
}
