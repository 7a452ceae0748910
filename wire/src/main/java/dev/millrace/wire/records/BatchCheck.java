package dev.millrace.wire.records;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;

/**
 * Judges what a client wants to append to a partition. A pure function but for the bytes it is
 * given: it may set the append time or correct the max timestamp in them.
 *
 * <p>Always checked: one whole batch of magic 2 and nothing beside it, its CRC, its sizes, and what
 * the header says about counts, offsets, producer and timestamps. Uncompressed records are always
 * gone through; compressed ones only where a rule needs it (keys of a compacted topic, a lower
 * bound for timestamps, another codec) or {@link BatchRules#looksIntoAll} asks for it. What is then
 * not looked at cannot harm the broker: everything it keeps about a batch (offsets, times,
 * sequences) comes from the header, and readers go through records with {@link RecordCursor}, which
 * believes nothing.
 *
 * <p>Stateless, for any thread.
 */
public final class BatchCheck {
  /** Most records that a refusal names. */
  public static final int RECORD_ERRORS_MAX = 100;

  /** First version of Produce that may carry zstd (KIP-110). */
  private static final int ZSTD_VERSION = 7;

  private BatchCheck() {}

  /**
   * Judges the record bytes of one partition.
   *
   * @param records from position to limit; writable
   * @param produceVersion of the request that brought them
   * @param nowMs the broker's clock
   */
  public static BatchVerdict check(
      ByteBuffer records, BatchRules rules, short produceVersion, long nowMs) {
    try {
      RecordBatch batch = onlyBatch(records);
      if (batch.codec() == Codec.ZSTD && produceVersion < ZSTD_VERSION) {
        throw new RefusedException(
            ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
            "zstd needs version 7 of produce, version=" + produceVersion);
      }
      checkSize(batch, rules);
      if (!batch.isIntact()) {
        throw new RefusedException(ErrorCode.CORRUPT_MESSAGE, "batch has another CRC than it says");
      }
      checkCounts(batch);
      checkProducer(batch);
      return new BatchVerdict.Accepted(new RecordCheck(batch, rules, nowMs).checked());
    } catch (RefusedException e) {
      return e.refused();
    } catch (CorruptRecordsException e) {
      return new RefusedException(ErrorCode.INVALID_RECORD, String.valueOf(e.getMessage()))
          .refused();
    }
  }

  /** Limits that also hold for a batch that was compressed again. */
  static void checkSize(RecordBatch batch, BatchRules rules) {
    if (batch.sizeBytes() > rules.batchBytesMax()) {
      throw new RefusedException(
          ErrorCode.MESSAGE_TOO_LARGE,
          "batch is larger than max.message.bytes, bytes="
              + batch.sizeBytes()
              + " max="
              + rules.batchBytesMax());
    }
    if (batch.sizeBytes() > rules.segmentBytesMax()) {
      throw new RefusedException(
          ErrorCode.RECORD_LIST_TOO_LARGE,
          "batch is larger than segment.bytes, bytes="
              + batch.sizeBytes()
              + " max="
              + rules.segmentBytesMax());
    }
  }

  private static RecordBatch onlyBatch(ByteBuffer records) {
    if (!records.hasRemaining()) {
      throw invalid("produce needs one batch for a partition, bytes=0");
    }
    int at = records.position();
    if (records.remaining() > RecordBatch.AT_MAGIC) {
      RecordBatch.checkMagic(records.get(at + RecordBatch.AT_MAGIC));
    }
    if (records.remaining() < RecordBatch.HEADER_BYTES) {
      throw new RefusedException(
          ErrorCode.CORRUPT_MESSAGE, "batch is cut short, bytes=" + records.remaining());
    }
    long claimed = RecordBatch.claimedSizeBytes(records, at);
    if (claimed < RecordBatch.HEADER_BYTES || claimed > records.remaining()) {
      throw new RefusedException(
          ErrorCode.CORRUPT_MESSAGE,
          "batch has another size than it says, claimed="
              + claimed
              + " bytes="
              + records.remaining());
    }
    if (claimed < records.remaining()) {
      throw invalid("produce takes one batch for a partition only, there is more after the first");
    }
    return RecordBatch.at(records, at);
  }

  private static void checkCounts(RecordBatch batch) {
    if (batch.baseOffset() != 0) {
      throw invalid("base offset of a new batch must be 0, baseOffset=" + batch.baseOffset());
    }
    int count = batch.recordCount();
    if (count <= 0 || count - 1 != batch.lastOffsetDelta()) {
      throw invalid(
          "record count does not fit the offsets, count="
              + count
              + " lastOffsetDelta="
              + batch.lastOffsetDelta());
    }
    if (batch.isControl()) {
      throw invalid("control batches are written by brokers only");
    }
    if (batch.hasDeleteHorizon()) {
      throw invalid("a delete horizon is set by compaction only");
    }
    if (batch.timestampType() == TimestampType.LOG_APPEND_TIME) {
      throw new RefusedException(
          ErrorCode.INVALID_TIMESTAMP,
          "timestamp type of a new batch must be create time; append time is set by the broker");
    }
  }

  private static void checkProducer(RecordBatch batch) {
    if (batch.hasProducer() && (batch.baseSequence() < 0 || batch.producerEpoch() < 0)) {
      throw invalid(
          "a batch with a producer id needs epoch and sequence, producerId="
              + batch.producerId()
              + " epoch="
              + batch.producerEpoch()
              + " sequence="
              + batch.baseSequence());
    }
    if (batch.isTransactional() && !batch.hasProducer()) {
      throw invalid("a transactional batch needs a producer id");
    }
  }

  private static RefusedException invalid(String message) {
    return new RefusedException(ErrorCode.INVALID_RECORD, message);
  }
}
