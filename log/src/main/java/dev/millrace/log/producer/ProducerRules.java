package dev.millrace.log.producer;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Whether a batch of an idempotent producer may enter the log, and what is known of the producer
 * afterwards (KIP-98, KIP-360). Pure functions.
 */
public final class ProducerRules {
  /** What is to be done with a batch. */
  public sealed interface Verdict {
    /**
     * The batch goes into the log.
     *
     * @param producer its producer afterwards
     * @param endedFirstOffset where the transaction began that the batch ends, or {@link
     *     Producer#NONE}
     */
    record Accepted(Producer producer, long endedFirstOffset) implements Verdict {}

    /** The batch is in the log already. */
    record Duplicate(BatchMark original) implements Verdict {}

    /**
     * The records of the batch are in the log already, nobody remembers where.
     *
     * @param endOffset they lie before it
     */
    record Passed(long endOffset) implements Verdict {}

    /** The batch must not enter the log. */
    record Refused(ErrorCode error, String message) implements Verdict {}
  }

  /** How much of a batch is in question. */
  public enum Check {
    /** From a client: epoch, sequence, duplicates, transaction. */
    ALL,
    /** As {@link #ALL}; the first batch in a transaction of an unknown producer has sequence 0. */
    ALL_FROM_ZERO,
    /** From a coordinator of this broker: its epoch only. */
    EPOCH,
    /** As {@link #EPOCH}; a marker's epoch is above that of the records before it. */
    EPOCH_ABOVE,
    /** Copied from a leader, or read again: nothing, it is in the log for good. */
    NOTHING;

    boolean isClient() {
      return this == ALL || this == ALL_FROM_ZERO;
    }
  }

  private ProducerRules() {}

  /**
   * Judges a batch of records.
   *
   * @param known what is known of its producer, or null
   * @param firstOffset where the batch will be
   */
  public static Verdict records(
      @Nullable Producer known, RecordBatch batch, long firstOffset, Check check) {
    if (known == null && check == Check.ALL_FROM_ZERO && isLateInTransaction(batch)) {
      return outOfOrder(Producer.fresh(batch.producerId(), batch.producerEpoch()), batch);
    }
    if (known != null && check != Check.NOTHING) {
      Verdict objection = objection(known, batch, check);
      if (objection != null) {
        return objection;
      }
    }
    long lastOffset = firstOffset + batch.lastOffsetDelta();
    int sequence = batch.baseSequence() == RecordBatch.NONE ? Producer.NONE : batch.lastSequence();
    BatchMark mark =
        new BatchMark(sequence, lastOffset, batch.lastOffsetDelta(), batch.maxTimestamp());
    Producer before =
        known != null ? known : Producer.fresh(batch.producerId(), batch.producerEpoch());
    long open = before.openFirstOffset();
    if (batch.isTransactional() && !before.hasOpenTransaction()) {
      open = firstOffset;
    }
    Producer after = before.withBatch(batch.producerEpoch(), mark, open);
    return new Verdict.Accepted(after, Producer.NONE);
  }

  /** Judges the marker that ends a transaction. */
  public static Verdict marker(
      @Nullable Producer known, RecordBatch batch, EndTransaction marker, Check check) {
    Producer before =
        known != null ? known : Producer.fresh(batch.producerId(), batch.producerEpoch());
    if (check != Check.NOTHING) {
      if (batch.producerEpoch() < before.epoch()
          || (check == Check.EPOCH_ABOVE
              && batch.producerEpoch() == before.epoch()
              && before.hasOpenTransaction())) {
        return staleEpoch(before, batch);
      }
      if (marker.coordinatorEpoch() < before.coordinatorEpoch()) {
        return new Verdict.Refused(
            ErrorCode.TRANSACTION_COORDINATOR_FENCED,
            "coordinator epoch is older than that of the last marker, producerId="
                + before.id()
                + " coordinatorEpoch="
                + marker.coordinatorEpoch()
                + " last="
                + before.coordinatorEpoch());
      }
    }
    Producer after =
        before.withMarker(batch.producerEpoch(), marker.coordinatorEpoch(), batch.maxTimestamp());
    return new Verdict.Accepted(after, before.openFirstOffset());
  }

  private static @Nullable Verdict objection(Producer known, RecordBatch batch, Check check) {
    if (check.isClient()) {
      BatchMark original =
          known.duplicate(batch.producerEpoch(), batch.baseSequence(), batch.lastSequence());
      if (original != null) {
        return new Verdict.Duplicate(original);
      }
      if (known.hasPassed(batch)) {
        return new Verdict.Passed(known.batches().getFirst().firstOffset());
      }
    }
    if (batch.producerEpoch() < known.epoch()) {
      return staleEpoch(known, batch);
    }
    if (check.isClient() && !continues(known, batch)) {
      return outOfOrder(known, batch);
    }
    if (known.hasOpenTransaction() && !batch.isTransactional()) {
      return new Verdict.Refused(
          ErrorCode.INVALID_TXN_STATE,
          "producer has an open transaction and sends records outside of it, producerId="
              + known.id()
              + " openSince="
              + known.openFirstOffset());
    }
    return null;
  }

  private static boolean isLateInTransaction(RecordBatch batch) {
    return batch.isTransactional() && batch.baseSequence() > 0;
  }

  /** Whether the batch's first sequence follows: the next one, or 0 in a new epoch. */
  private static boolean continues(Producer known, RecordBatch batch) {
    int first = batch.baseSequence();
    if (batch.producerEpoch() != known.epoch()) {
      return first == 0;
    }
    int last = known.lastSequence();
    return first == (last == Integer.MAX_VALUE ? 0 : last + 1);
  }

  private static Verdict staleEpoch(Producer known, RecordBatch batch) {
    return new Verdict.Refused(
        ErrorCode.INVALID_PRODUCER_EPOCH,
        "producer epoch is older than the known one, producerId="
            + known.id()
            + " epoch="
            + batch.producerEpoch()
            + " known="
            + known.epoch());
  }

  private static Verdict outOfOrder(Producer known, RecordBatch batch) {
    return new Verdict.Refused(
        ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
        "sequence does not continue, producerId="
            + known.id()
            + " epoch="
            + batch.producerEpoch()
            + " knownEpoch="
            + known.epoch()
            + " firstSequence="
            + batch.baseSequence()
            + " knownLastSequence="
            + known.lastSequence());
  }
}
