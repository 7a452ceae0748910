package dev.millrace.log;

import dev.millrace.log.CleanModel.Entry;
import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntSupplier;

/** A reader of committed records, who tells them from aborted ones by list and markers. */
final class Committed {
  private Committed() {}

  static List<Entry> of(PartitionLog log, long from, long upTo) {
    return of(log, from, upTo, () -> 1 << 20);
  }

  /** With another number of bytes for each read. */
  static List<Entry> of(PartitionLog log, long from, long upTo, IntSupplier bytesMax) {
    List<Entry> entries = new ArrayList<>();
    long next = from;
    while (next < upTo
        && log.read(next, bytesMax.getAsInt(), true, upTo) instanceof ReadResult.Batches found) {
      PriorityQueue<AbortedTransaction> ahead =
          new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
      ahead.addAll(log.abortedTransactions(next, upTo));
      Set<Long> aborted = new HashSet<>();
      for (RecordBatch batch : BatchCursor.batches(LogWorld.bytes(found))) {
        while (!ahead.isEmpty() && ahead.peek().firstOffset() <= batch.lastOffset()) {
          aborted.add(ahead.remove().producerId());
        }
        if (batch.isControl()) {
          if (!((EndTransaction) ControlRecord.of(batch)).isCommit()) {
            aborted.remove(batch.producerId());
          }
        } else if (!batch.isTransactional() || !aborted.contains(batch.producerId())) {
          long start = next;
          CleanModel.entries(batch).stream()
              .filter(entry -> entry.offset() >= start)
              .forEach(entries::add);
        }
        next = batch.nextOffset();
      }
    }
    return entries;
  }
}
