package dev.millrace.log.clean;

import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the transactions ended whose batches go by, in the order of their offsets. Every transaction
 * that is met is decided: a compaction stays below the last stable offset. Belongs to one thread.
 */
final class DecidedTransactions {
  private final PriorityQueue<AbortedTransaction> ahead =
      new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
  private final Map<Long, Aborted> aborted = new HashMap<>();
  private final Set<Long> committed = new HashSet<>();

  /** A transaction in whose range the batches are that go by. */
  private static final class Aborted {
    final AbortedTransaction entry;
    boolean hasBatches;

    Aborted(AbortedTransaction entry) {
      this.entry = entry;
    }
  }

  /**
   * What a marker is worth.
   *
   * @param isEmpty whether nothing of its transaction is left before it
   * @param entry the aborted transaction that readers must go on to be told of, or null
   */
  record Marker(boolean isEmpty, @Nullable AbortedTransaction entry) {
    static final Marker NEEDED = new Marker(false, null);
    static final Marker EMPTY = new Marker(true, null);
  }

  /** Says which transactions were aborted that reach into the batches to come. */
  void expect(List<AbortedTransaction> transactions) {
    ahead.addAll(transactions);
  }

  /** Whether the batch, not a marker, belongs to an aborted transaction. */
  boolean isAborted(RecordBatch batch) {
    if (!batch.isTransactional()) {
      return false;
    }
    advanceTo(batch.lastOffset());
    Aborted transaction = aborted.get(batch.producerId());
    if (transaction == null || batch.baseOffset() > transaction.entry.lastOffset()) {
      committed.add(batch.producerId());
      return false;
    }
    transaction.hasBatches = true;
    return true;
  }

  /** Takes note of a control batch. */
  Marker ended(RecordBatch control) {
    advanceTo(control.lastOffset());
    if (control.recordCount() == 0) {
      return Marker.EMPTY;
    }
    if (!(controlRecord(control) instanceof EndTransaction end)) {
      return Marker.NEEDED;
    }
    if (end.isCommit()) {
      return committed.remove(control.producerId()) ? Marker.NEEDED : Marker.EMPTY;
    }
    Aborted transaction = aborted.remove(control.producerId());
    return transaction != null && transaction.hasBatches
        ? new Marker(false, transaction.entry)
        : Marker.EMPTY;
  }

  private static @Nullable ControlRecord controlRecord(RecordBatch control) {
    try {
      return ControlRecord.of(control);
    } catch (CorruptRecordsException malformed) {
      return null;
    }
  }

  /** The same transaction may be told of twice, when it reaches over several groups. */
  private void begin(AbortedTransaction next) {
    Aborted known = aborted.get(next.producerId());
    if (known == null || !known.entry.equals(next)) {
      aborted.put(next.producerId(), new Aborted(next));
    }
  }

  private void advanceTo(long offset) {
    AbortedTransaction next = ahead.peek();
    while (next != null && next.firstOffset() <= offset) {
      ahead.remove();
      begin(next);
      next = ahead.peek();
    }
  }
}
