package dev.millrace.log;

import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was ever appended to a compacted log, and what readers of it must end up with. */
final class CleanModel {
  /** A record as it was appended; a null value is a tombstone. */
  record Entry(
      long offset, long timestampMs, String key, @Nullable String value, long producerId) {}

  /** A batch's header and records. */
  record Appended(
      long baseOffset,
      long lastOffset,
      long producerId,
      boolean isTransactional,
      @Nullable EndTransaction marker,
      List<Entry> entries) {
    static Appended of(RecordBatch batch) {
      EndTransaction end = batch.isControl() ? (EndTransaction) ControlRecord.of(batch) : null;
      return new Appended(
          batch.baseOffset(),
          batch.lastOffset(),
          batch.producerId(),
          batch.isTransactional(),
          end,
          end == null ? CleanModel.entries(batch) : List.of());
    }
  }

  enum Fate {
    COMMITTED,
    ABORTED,
    OPEN
  }

  final List<Appended> batches = new ArrayList<>();
  long start;

  static List<Entry> entries(RecordBatch batch) {
    List<Entry> entries = new ArrayList<>();
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        entries.add(
            new Entry(
                records.offset(),
                records.timestampMs(),
                String.valueOf(text(records.key())),
                text(records.value()),
                batch.producerId()));
      }
    }
    return entries;
  }

  private static @Nullable String text(@Nullable ByteBuffer bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  long end() {
    return batches.isEmpty() ? 0 : batches.getLast().lastOffset() + 1;
  }

  void append(RecordBatch batch) {
    batches.add(Appended.of(batch));
  }

  void truncate(long end) {
    while (!batches.isEmpty() && batches.getLast().lastOffset() >= end) {
      batches.removeLast();
    }
  }

  /** Every record from the log's start on, by offset. */
  TreeMap<Long, Entry> entries() {
    TreeMap<Long, Entry> all = new TreeMap<>();
    batches.forEach(batch -> batch.entries().forEach(entry -> all.put(entry.offset(), entry)));
    all.headMap(start).clear();
    return all;
  }

  /** What became of each record. */
  Map<Long, Fate> fates() {
    Map<Long, Fate> fates = new HashMap<>();
    Map<Long, List<Entry>> open = new HashMap<>();
    for (Appended batch : batches) {
      if (batch.marker() != null) {
        Fate fate = batch.marker().isCommit() ? Fate.COMMITTED : Fate.ABORTED;
        open.getOrDefault(batch.producerId(), List.of())
            .forEach(entry -> fates.put(entry.offset(), fate));
        open.remove(batch.producerId());
      } else if (batch.isTransactional()) {
        open.computeIfAbsent(batch.producerId(), _ -> new ArrayList<>()).addAll(batch.entries());
        batch.entries().forEach(entry -> fates.put(entry.offset(), Fate.OPEN));
      } else {
        batch.entries().forEach(entry -> fates.put(entry.offset(), Fate.COMMITTED));
      }
    }
    return fates;
  }

  /** The latest committed record of each key below an offset, tombstones too. */
  Map<String, Entry> latest(long below) {
    Map<Long, Fate> fates = fates();
    Map<String, Entry> latest = new TreeMap<>();
    entries()
        .headMap(below)
        .values()
        .forEach(entry -> {
          if (fates.get(entry.offset()) == Fate.COMMITTED) {
            latest.put(entry.key(), entry);
          }
        });
    return latest;
  }

  /** The map that a reader of committed records ends up with. */
  Map<String, String> values(long below) {
    return values(latest(below).values());
  }

  static Map<String, String> values(Iterable<Entry> inOrder) {
    Map<String, String> values = new TreeMap<>();
    for (Entry entry : inOrder) {
      if (entry.value() == null) {
        values.remove(entry.key());
      } else {
        values.put(entry.key(), entry.value());
      }
    }
    return values;
  }
}
