package dev.millrace.log.producer;

import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One producer as a partition knows it. Immutable.
 *
 * @param id producer id
 * @param epoch of its latest batch or marker
 * @param coordinatorEpoch of the latest marker's coordinator, {@link #NONE} before the first
 * @param lastTimestampMs highest timestamp of the latest batch or marker
 * @param openFirstOffset where its open transaction began, {@link #NONE} when there is none
 * @param batches its latest batches of this epoch, oldest first, at most {@link #BATCHES_MAX}
 * @param sequences so many of its latest sequences of this epoch are known to be in the log, at
 *     most {@link #SEQUENCES_MAX}
 */
public record Producer(
    long id,
    short epoch,
    int coordinatorEpoch,
    long lastTimestampMs,
    long openFirstOffset,
    List<BatchMark> batches,
    int sequences) {
  /** Batches that are remembered: a client may have as many in flight. */
  public static final int BATCHES_MAX = 5;

  /** No sequence, offset or epoch. */
  public static final int NONE = -1;

  /** Sequences wrap: what is further back can not be told from what is ahead. */
  public static final int SEQUENCES_MAX = 1 << 30;

  /** A producer of which no more than its latest batches is known. */
  public Producer(
      long id,
      short epoch,
      int coordinatorEpoch,
      long lastTimestampMs,
      long openFirstOffset,
      List<BatchMark> batches) {
    this(
        id,
        epoch,
        coordinatorEpoch,
        lastTimestampMs,
        openFirstOffset,
        batches,
        batches.isEmpty() ? 0 : length(batches.getLast()));
  }

  /** A producer of which only its epoch is known. */
  static Producer fresh(long id, short epoch) {
    return new Producer(id, epoch, NONE, NONE, NONE, List.of());
  }

  /** Sequence of its latest record, or {@link #NONE}. */
  public int lastSequence() {
    return batches.isEmpty() ? NONE : batches.getLast().lastSequence();
  }

  /** Offset of its latest record, or {@link #NONE}. */
  public long lastOffset() {
    return batches.isEmpty() ? NONE : batches.getLast().lastOffset();
  }

  /** Whether records of it wait for a marker that commits or aborts them. */
  public boolean hasOpenTransaction() {
    return openFirstOffset != NONE;
  }

  /** The remembered batch with these sequences, or null. */
  @Nullable BatchMark duplicate(short ofEpoch, int firstSequence, int lastSequence) {
    if (ofEpoch != epoch) {
      return null;
    }
    for (BatchMark batch : batches) {
      if (batch.firstSequence() == firstSequence && batch.lastSequence() == lastSequence) {
        return batch;
      }
    }
    return null;
  }

  /**
   * Whether a batch is in the log and older than those that are remembered: its client did not hear
   * of it, and went on with another leader meanwhile.
   */
  boolean hasPassed(RecordBatch batch) {
    if (batch.producerEpoch() != epoch || batches.isEmpty() || batch.baseSequence() < 0) {
      return false;
    }
    int remembered = (lastSequence() - batches.getFirst().firstSequence()) & Integer.MAX_VALUE;
    int back = (lastSequence() - batch.baseSequence()) & Integer.MAX_VALUE;
    return back < sequences && back - batch.lastOffsetDelta() > remembered;
  }

  private static int length(BatchMark batch) {
    return batch.lastSequence() < 0 ? 0 : Math.min(batch.offsetDelta() + 1, SEQUENCES_MAX);
  }

  private int sequencesWith(BatchMark batch) {
    boolean follows =
        batch.lastSequence() >= 0
            && !batches.isEmpty()
            && batch.firstSequence() == ((lastSequence() + 1) & Integer.MAX_VALUE);
    return follows ? Math.min(sequences + length(batch), SEQUENCES_MAX) : length(batch);
  }

  /** After a batch; another epoch forgets the batches of this one. */
  Producer withBatch(short ofEpoch, BatchMark batch, long openFirstOffset) {
    List<BatchMark> kept = ofEpoch == epoch ? batches : List.of();
    int known = ofEpoch == epoch ? sequencesWith(batch) : length(batch);
    List<BatchMark> next = new ArrayList<>(BATCHES_MAX);
    next.addAll(kept.size() < BATCHES_MAX ? kept : kept.subList(1, BATCHES_MAX));
    next.add(batch);
    return new Producer(
        id,
        ofEpoch,
        coordinatorEpoch,
        batch.timestampMs(),
        openFirstOffset,
        List.copyOf(next),
        known);
  }

  /** After the marker that ends its transaction. */
  Producer withMarker(short ofEpoch, int ofCoordinatorEpoch, long timestampMs) {
    List<BatchMark> kept = ofEpoch == epoch ? batches : List.of();
    int known = ofEpoch == epoch ? sequences : 0;
    return new Producer(id, ofEpoch, ofCoordinatorEpoch, timestampMs, NONE, kept, known);
  }
}
