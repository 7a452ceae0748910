package dev.millrace.registry.topic;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A partition in memory with the rules of a leader for numbered batches. Safe for any thread. */
public final class MemoryTopic implements SchemaTopic {
  private static final int REMEMBERED = 5;

  private final List<LogBatch> log = new ArrayList<>();
  private final List<LogBatch> known = new ArrayList<>();
  private boolean isThere;
  private boolean isClosed;

  @Override
  public synchronized long end() {
    return isThere ? endOffset() : ABSENT;
  }

  @Override
  public synchronized long start() {
    return 0;
  }

  @Override
  public synchronized void create() {
    isThere = true;
    notifyAll();
  }

  @Override
  public synchronized Page read(long fromOffset, int waitMs) {
    while (endOffset() <= fromOffset && !isClosed) {
      try {
        wait(waitMs);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Page(List.of());
      }
    }
    return new Page(log.stream().filter(batch -> batch.nextOffset() > fromOffset).toList());
  }

  @Override
  public synchronized Sent send(ByteBuffer bytes) {
    LogBatch batch = parsed(bytes);
    LogBatch last = known.isEmpty() ? null : known.getLast();
    for (LogBatch one : known) {
      if (one.epoch() == batch.epoch()
          && one.baseSequence() == batch.baseSequence()
          && one.lastSequence() == batch.lastSequence()) {
        return Sent.TAKEN;
      }
    }
    if (last != null && batch.epoch() < last.epoch()) {
      return Sent.OLD_EPOCH;
    }
    if (last != null && !follows(batch, last)) {
      return Sent.NOT_NEXT;
    }
    log.add(batch);
    known.add(batch);
    if (known.size() > REMEMBERED) {
      known.removeFirst();
    }
    notifyAll();
    return Sent.TAKEN;
  }

  private static boolean follows(LogBatch batch, LogBatch last) {
    return batch.epoch() == last.epoch()
        ? batch.baseSequence() == last.lastSequence() + 1
        : batch.baseSequence() == 0;
  }

  /** As a leader that has forgotten the producer. */
  public synchronized void forgetProducer() {
    known.clear();
  }

  /** Takes everything after an offset away, as a leader does that did not get it. */
  public synchronized void cut(int batches) {
    while (log.size() > batches) {
      log.removeLast();
    }
    known.clear();
    known.addAll(log.subList(Math.max(0, log.size() - REMEMBERED), log.size()));
  }

  /** Writes without numbers, as another program does. */
  public synchronized void write(List<Written> records) {
    isThere = true;
    long base = endOffset();
    log.add(
        new LogBatch(
            base,
            base + records.size(),
            -1,
            (short) -1,
            -1,
            -1,
            records.stream().map(one -> new LogBatch.LogRecord(one, 1_000)).toList()));
    notifyAll();
  }

  public synchronized List<LogBatch> log() {
    return List.copyOf(log);
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    notifyAll();
  }

  private long endOffset() {
    return log.isEmpty() ? 0 : log.getLast().nextOffset();
  }

  private LogBatch parsed(ByteBuffer bytes) {
    RecordBatch batch = RecordBatch.at(bytes);
    List<LogBatch.LogRecord> records = new ArrayList<>();
    try (RecordCursor cursor = batch.records()) {
      while (cursor.next()) {
        ByteBuffer value = cursor.value();
        records.add(
            new LogBatch.LogRecord(
                new Written(Bytes.copyOf(cursor.key()), value == null ? null : Bytes.copyOf(value)),
                cursor.timestampMs()));
      }
    }
    long base = endOffset();
    return new LogBatch(
        base,
        base + records.size(),
        batch.producerId(),
        batch.producerEpoch(),
        batch.baseSequence(),
        batch.lastSequence(),
        records);
  }
}
