package dev.millrace.log.producer;

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
 */
public record Producer(
    long id,
    short epoch,
    int coordinatorEpoch,
    long lastTimestampMs,
    long openFirstOffset,
    List<BatchMark> batches) {
  /** Batches that are remembered: a client may have as many in flight. */
  public static final int BATCHES_MAX = 5;

  /** No sequence, offset or epoch. */
  public static final int NONE = -1;

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

  /** After a batch; another epoch forgets the batches of this one. */
  Producer withBatch(short ofEpoch, BatchMark batch, long openFirstOffset) {
    List<BatchMark> kept = ofEpoch == epoch ? batches : List.of();
    List<BatchMark> next = new ArrayList<>(BATCHES_MAX);
    next.addAll(kept.size() < BATCHES_MAX ? kept : kept.subList(1, BATCHES_MAX));
    next.add(batch);
    return new Producer(
        id, ofEpoch, coordinatorEpoch, batch.timestampMs(), openFirstOffset, List.copyOf(next));
  }

  /** After the marker that ends its transaction. */
  Producer withMarker(short ofEpoch, int ofCoordinatorEpoch, long timestampMs) {
    List<BatchMark> kept = ofEpoch == epoch ? batches : List.of();
    return new Producer(id, ofEpoch, ofCoordinatorEpoch, timestampMs, NONE, kept);
  }
}
