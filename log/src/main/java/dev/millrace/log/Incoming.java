package dev.millrace.log;

import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The batches of one append, with their framing checked. */
final class Incoming {
  private final ByteBuffer bytes;
  private final List<RecordBatch> batches;
  private final long maxTimestampMs;

  private Incoming(ByteBuffer bytes, List<RecordBatch> batches) {
    this.bytes = bytes;
    this.batches = batches;
    long highest = RecordBatch.NONE;
    for (RecordBatch batch : batches) {
      highest = Math.max(highest, batch.maxTimestamp());
    }
    this.maxTimestampMs = highest;
  }

  /**
   * The batches from the buffer's position to its limit.
   *
   * @throws CorruptRecordsException when that is not one or more whole batches
   */
  static Incoming of(ByteBuffer bytes) {
    List<RecordBatch> batches = new ArrayList<>(1);
    int at = bytes.position();
    do {
      RecordBatch batch = RecordBatch.at(bytes, at);
      if (!batch.isWhole() || batch.lastOffsetDelta() < 0) {
        throw new CorruptRecordsException(
            "batch is cut short or has a negative offset delta, sizeBytes=" + batch.sizeBytes());
      }
      batches.add(batch);
      at += batch.sizeBytes();
    } while (at < bytes.limit());
    return new Incoming(bytes, batches);
  }

  ByteBuffer bytes() {
    return bytes.duplicate();
  }

  List<RecordBatch> batches() {
    return batches;
  }

  int sizeBytes() {
    return bytes.remaining();
  }

  long maxTimestampMs() {
    return maxTimestampMs;
  }

  long baseOffset() {
    return batches.getFirst().baseOffset();
  }

  long lastOffset() {
    return batches.getLast().lastOffset();
  }

  /** Whether the offsets that the batches have rise from {@code end} on. */
  boolean continues(long end) {
    long next = end;
    for (RecordBatch batch : batches) {
      if (batch.baseOffset() < next) {
        return false;
      }
      next = batch.nextOffset();
    }
    return true;
  }

  /** Gives the batches their place in the log. */
  void place(long firstOffset, int leaderEpoch) {
    long offset = firstOffset;
    for (RecordBatch batch : batches) {
      batch.rewriteBaseOffset(offset);
      batch.rewritePartitionLeaderEpoch(leaderEpoch);
      offset = batch.nextOffset();
    }
  }

  /** Gives all records the leader's time. */
  Incoming stamped(long nowMs) {
    batches.forEach(batch -> batch.rewriteAppendTime(nowMs));
    return new Incoming(bytes, batches);
  }
}
