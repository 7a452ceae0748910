package dev.millrace.log.clean;

import dev.millrace.log.clean.CleanRules.Latest;
import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchRewrite;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What stays of each batch of a log, asked in the order of their offsets. Belongs to one thread.
 *
 * <table>
 *   <caption>What stays</caption>
 *   <tr><td>record</td><td>when no later one has its key</td></tr>
 *   <tr><td>tombstone</td><td>the same, until its batch's delete horizon (KIP-534)</td></tr>
 *   <tr><td>record of an aborted transaction</td><td>never</td></tr>
 *   <tr><td>marker</td><td>while something of its transaction is left; then until a horizon</td></tr>
 *   <tr><td>batch without records</td><td>when it is the latest of its producer, or the last of its
 *       segment</td></tr>
 * </table>
 *
 * From the end of what is mapped on everything stays. A batch that loses nothing keeps its bytes;
 * so does one whose records are not what its header says.
 */
final class BatchFilter {
  private final KeyOffsets keys;
  private final long mappedEnd;
  private final CleanRules rules;
  private final BatchRewrite rewrite = new BatchRewrite();
  private final DecidedTransactions transactions;
  private final BatchKeys ahead;
  private @Nullable AbortedTransaction aborted;
  private @Nullable String lie;

  /** What becomes of a batch. */
  sealed interface Fate {
    /** It stays as it is. */
    enum Kept implements Fate {
      KEPT
    }

    /** Nothing of it stays. */
    enum Gone implements Fate {
      GONE
    }

    /**
     * Something else takes its place.
     *
     * @param bytes valid until the next batch is asked for
     */
    record Replaced(ByteBuffer bytes) implements Fate {}
  }

  /**
   * @param mappedEnd {@code keys} knows every record below it
   */
  BatchFilter(KeyOffsets keys, long mappedEnd, CleanRules rules, DecidedTransactions transactions) {
    this.keys = keys;
    this.mappedEnd = mappedEnd;
    this.rules = rules;
    this.transactions = transactions;
    this.ahead = new BatchKeys(keys);
  }

  /** The aborted transaction that ends with the batch judged last and has something left. */
  @Nullable AbortedTransaction aborted() {
    return aborted;
  }

  /** Why the first batch was passed over whose records are not what its header says, or null. */
  @Nullable String lie() {
    return lie;
  }

  /**
   * Judges the next batch.
   *
   * @param isLast whether it is the last one of the segment that is written: it stays, without its
   *     records if need be, so that the segment tells how far it reaches
   */
  Fate judge(RecordBatch batch, boolean isLast) {
    aborted = null;
    if (batch.baseOffset() >= mappedEnd) {
      return Fate.Kept.KEPT;
    }
    boolean isNeeded = isLast || isLatestOfProducer(batch);
    try {
      return batch.isControl() ? judgeMarker(batch, isNeeded) : judgeData(batch, isNeeded);
    } catch (CorruptRecordsException malformed) {
      lie = lie == null ? malformed.getMessage() + ", offset=" + batch.baseOffset() : lie;
      return Fate.Kept.KEPT;
    }
  }

  private Fate judgeData(RecordBatch batch, boolean isNeeded) {
    boolean isAborted = transactions.isAborted(batch);
    if (batch.recordCount() == 0) {
      return isNeeded ? Fate.Kept.KEPT : Fate.Gone.GONE;
    }
    return judgeRecords(batch, isAborted, isNeeded);
  }

  private Fate judgeMarker(RecordBatch batch, boolean isNeeded) {
    DecidedTransactions.Marker marker = transactions.ended(batch);
    aborted = marker.entry();
    if (!marker.isEmpty()) {
      return Fate.Kept.KEPT;
    }
    if (batch.recordCount() == 0) {
      return isNeeded ? Fate.Kept.KEPT : Fate.Gone.GONE;
    }
    if (!batch.hasDeleteHorizon()) {
      return new Fate.Replaced(marked(batch));
    }
    return isNeeded || rules.nowMs() < batch.baseTimestamp() ? Fate.Kept.KEPT : Fate.Gone.GONE;
  }

  /** The marker with the time when it may go. */
  private ByteBuffer marked(RecordBatch batch) {
    rewrite.begin(batch);
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        rewrite.keep(records);
      }
    }
    return rewrite.build(horizonMs());
  }

  private Fate judgeRecords(RecordBatch batch, boolean isAborted, boolean isNeeded) {
    boolean isAhead = !isAborted && lookAhead(batch);
    rewrite.begin(batch);
    boolean keepsTombstones = !batch.hasDeleteHorizon() || rules.nowMs() < batch.baseTimestamp();
    boolean hasTombstone = false;
    int count = 0;
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        boolean isGone = isAborted || !(records.hasValue() || keepsTombstones);
        boolean stays =
            records.offset() >= mappedEnd
                || (!isGone && (isAhead ? isLatest(records, count) : isLatest(records)));
        count++;
        if (stays) {
          hasTombstone |= !records.hasValue();
          rewrite.keep(records);
        }
      }
    }
    boolean isMarked = hasTombstone && !batch.hasDeleteHorizon() && batch.lastOffset() < mappedEnd;
    if (rewrite.count() == count && !isMarked) {
      return Fate.Kept.KEPT;
    }
    if (rewrite.count() == 0 && !isNeeded) {
      return Fate.Gone.GONE;
    }
    return new Fate.Replaced(rewrite.build(isMarked ? horizonMs() : BatchRewrite.NO_HORIZON));
  }

  /**
   * Looks the keys of a batch up together, where going over its records twice costs less than
   * waiting for each key: where they lie there as they are.
   *
   * @return whether {@link #ahead} has what was found
   */
  private boolean lookAhead(RecordBatch batch) {
    if (batch.codec() != Codec.NONE || batch.recordCount() > BatchKeys.RECORDS_MAX) {
      return false;
    }
    ahead.clear();
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        ByteBuffer key = records.lentKey();
        if (key == null) {
          ahead.addNone();
        } else {
          ahead.add(key, records.offset());
        }
      }
    }
    keys.find(ahead);
    return true;
  }

  private boolean isLatest(RecordCursor record, int index) {
    return record.hasKey() && record.offset() >= ahead.offset(index);
  }

  private boolean isLatest(RecordCursor record) {
    ByteBuffer key = record.lentKey();
    return key != null && record.offset() >= keys.latest(key);
  }

  /** A producer's epoch and sequence can be told from the log as long as this batch is there. */
  private boolean isLatestOfProducer(RecordBatch batch) {
    Latest latest = batch.hasProducer() ? rules.producers().get(batch.producerId()) : null;
    if (latest == null) {
      return false;
    }
    return latest.lastOffset() == CleanRules.MARKER
        ? batch.isControl() && batch.producerEpoch() == latest.epoch()
        : batch.lastOffset() == latest.lastOffset();
  }

  private long horizonMs() {
    long horizon = rules.nowMs() + rules.deleteRetentionMs();
    return horizon < 0 ? Long.MAX_VALUE : horizon;
  }
}
