package dev.millrace.log;

import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a log must hold, kept in the plainest way: a list of batches. */
final class LogModel {
  /** A batch as it lies in the log. */
  record Placed(RecordBatch batch, ByteBuffer bytes) {
    static Placed of(ByteBuffer placed) {
      ByteBuffer copy = ByteBuffer.allocate(placed.remaining()).put(placed.duplicate()).flip();
      return new Placed(RecordBatch.at(copy), copy);
    }
  }

  /** A record's place and time. */
  record Timed(long offset, long timestampMs) {}

  /** What a producer has in the log. */
  static final class Writer {
    short epoch;
    long openSince = -1;
    final List<RecordBatch> batches = new ArrayList<>();
  }

  final List<Placed> batches = new ArrayList<>();
  long start;

  long end() {
    return batches.isEmpty() ? start : batches.getLast().batch().nextOffset();
  }

  void append(ByteBuffer placed) {
    batches.add(Placed.of(placed));
  }

  /** Whether each sequence of a batch was written by its producer in its epoch. */
  boolean hasSequencesOf(RecordBatch wanted) {
    for (int i = 0; i <= wanted.lastOffsetDelta(); i++) {
      int sequence = (wanted.baseSequence() + i) & Integer.MAX_VALUE;
      boolean isThere =
          batches.stream()
              .map(Placed::batch)
              .filter(b -> b.producerId() == wanted.producerId() && !b.isControl())
              .filter(b -> b.producerEpoch() == wanted.producerEpoch())
              .anyMatch(
                  b -> ((sequence - b.baseSequence()) & Integer.MAX_VALUE) <= b.lastOffsetDelta());
      if (!isThere) {
        return false;
      }
    }
    return true;
  }

  /** Forgets the batches that end after an offset. */
  void truncate(long end) {
    while (!batches.isEmpty() && batches.getLast().batch().nextOffset() > end) {
      batches.removeLast();
    }
  }

  /** The batches that hold the offsets from {@code from} to below {@code upTo}, as bytes. */
  ByteBuffer bytes(long from, long upTo) {
    List<Placed> wanted =
        batches.stream()
            .filter(b -> b.batch().lastOffset() >= from && b.batch().nextOffset() <= upTo)
            .toList();
    int size = wanted.stream().mapToInt(b -> b.bytes().limit()).sum();
    ByteBuffer all = ByteBuffer.allocate(size);
    wanted.forEach(b -> all.put(b.bytes().duplicate()));
    return all.flip();
  }

  /** The records from the start on. */
  List<Timed> records() {
    List<Timed> records = new ArrayList<>();
    for (Placed placed : batches) {
      try (RecordCursor cursor = placed.batch().records()) {
        while (cursor.next()) {
          if (cursor.offset() >= start) {
            records.add(new Timed(cursor.offset(), cursor.timestampMs()));
          }
        }
      }
    }
    return records;
  }

  /** The producers, from all batches that there ever were. */
  Map<Long, Writer> writers() {
    Map<Long, Writer> writers = new HashMap<>();
    for (Placed placed : batches) {
      RecordBatch batch = placed.batch();
      if (batch.hasProducer()) {
        Writer writer = writers.computeIfAbsent(batch.producerId(), _ -> new Writer());
        if (batch.producerEpoch() != writer.epoch) {
          writer.batches.clear();
        }
        writer.epoch = batch.producerEpoch();
        if (batch.isControl()) {
          writer.openSince = -1;
        } else {
          writer.batches.add(batch);
          if (writer.batches.size() > 5) {
            writer.batches.removeFirst();
          }
          if (batch.isTransactional() && writer.openSince < 0) {
            writer.openSince = batch.baseOffset();
          }
        }
      }
    }
    return writers;
  }

  long firstOpen() {
    return writers().values().stream()
        .mapToLong(w -> w.openSince < 0 ? Long.MAX_VALUE : w.openSince)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** The transactions that were aborted, in the order of their markers. */
  List<AbortedTransaction> aborted() {
    List<AbortedTransaction> aborted = new ArrayList<>();
    TreeMap<Long, Long> open = new TreeMap<>();
    for (Placed placed : batches) {
      RecordBatch batch = placed.batch();
      long producer = batch.producerId();
      if (batch.isControl()) {
        open.entrySet().stream()
            .filter(e -> e.getValue() == producer)
            .map(Map.Entry::getKey)
            .findFirst()
            .ifPresent(first -> {
              open.remove(first);
              long marker = batch.lastOffset();
              long stable = open.isEmpty() ? marker + 1 : open.firstKey();
              if (!((EndTransaction) ControlRecord.of(batch)).isCommit()) {
                aborted.add(new AbortedTransaction(producer, first, marker, stable));
              }
            });
      } else if (batch.isTransactional() && !open.containsValue(producer)) {
        open.put(batch.baseOffset(), producer);
      }
    }
    return aborted;
  }
}
