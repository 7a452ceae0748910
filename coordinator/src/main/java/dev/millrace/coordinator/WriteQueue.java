package dev.millrace.coordinator;

import dev.millrace.base.turns.Turns;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packs what commands decided into batches. What is decided while the owner works off the tasks
 * that have already come goes into one batch, which is appended behind them: an idle coordinator
 * writes at once, a busy one writes large batches. Belongs to the owner.
 */
final class WriteQueue {
  /** Bytes on their way to the log above which further writes are refused. */
  static final long IN_FLIGHT_BYTES_MAX = 32L << 20;

  /** Header of a batch, bytes. */
  private static final int BATCH_OVERHEAD_BYTES = 61;

  private final Turns turns;
  private final CoordinatorLog log;
  private final long commitTimeoutMs;
  private final Listener listener;
  private final ArrayDeque<Batch> inFlight = new ArrayDeque<>();
  private long inFlightBytes;
  private @Nullable Batch open;
  private boolean closed;

  /** Who hears about the writes. */
  interface Listener {
    /** A record is committed. */
    void committed(CoordinatorLog.Entry entry);

    /** All records of a write are committed, or it failed. */
    void finished(Write write);

    /** The fate of a write is not known in time. */
    void late(Write write);
  }

  WriteQueue(Turns turns, CoordinatorLog log, long commitTimeoutMs, Listener listener) {
    this.turns = turns;
    this.log = log;
    this.commitTimeoutMs = commitTimeoutMs;
    this.listener = listener;
  }

  /**
   * Takes a write over.
   *
   * @return why it is refused, or {@link ErrorCode#NONE}
   */
  ErrorCode add(Write write) {
    int batchMax = log.batchBytesMax() - BATCH_OVERHEAD_BYTES;
    long bytes = 0;
    for (KeyValue record : write.decision().records()) {
      if (record.sizeMax() > batchMax) {
        return ErrorCode.MESSAGE_TOO_LARGE;
      }
      bytes += record.sizeMax();
    }
    if (inFlightBytes + bytes > IN_FLIGHT_BYTES_MAX && inFlightBytes > 0) {
      return ErrorCode.NOT_ENOUGH_REPLICAS;
    }
    InTransaction transaction = write.decision().transaction();
    if (open != null && (open.bytes() + bytes > batchMax || !open.takes(transaction))) {
      append(open);
    }
    pack(write, batchMax);
    return ErrorCode.NONE;
  }

  /** Drops everything; answers to appends are ignored from now on. */
  List<Write> close() {
    closed = true;
    List<Write> unfinished = new ArrayList<>();
    for (Batch batch : inFlight) {
      batch.stopClock();
      unfinished.addAll(batch.ended());
    }
    if (open != null) {
      unfinished.addAll(open.ended());
    }
    inFlight.clear();
    open = null;
    return unfinished;
  }

  private void pack(Write write, int batchMax) {
    InTransaction transaction = write.decision().transaction();
    Batch batch = open(transaction);
    batch.touch(write);
    for (KeyValue record : write.decision().records()) {
      if (batch.bytes() + record.sizeMax() > batchMax) {
        append(batch);
        batch = open(transaction);
        batch.touch(write);
      }
      batch.add(record);
      inFlightBytes += record.sizeMax();
    }
    batch.end(write);
  }

  private Batch open(@Nullable InTransaction transaction) {
    if (open == null) {
      Batch batch = new Batch(transaction);
      open = batch;
      turns.submit(() -> {
        if (open == batch) {
          append(batch);
        }
      });
      return batch;
    }
    return open;
  }

  private void append(Batch batch) {
    open = null;
    inFlight.add(batch);
    batch.lateAfter(turns.after(commitTimeoutMs, () -> late(batch)));
    Answer answer = new Answer(batch);
    switch (batch.transaction()) {
      case null -> log.append(batch.records(), answer);
      case InTransaction.Part part -> log.append(part, batch.records(), answer);
      case InTransaction.End end -> log.end(end, answer);
    }
  }

  private void late(Batch batch) {
    if (!closed && !batch.isDone()) {
      batch.ended().forEach(listener::late);
    }
  }

  /** Finishes the batches at the head of the queue whose fate is known, in log order. */
  private void finish() {
    while (!inFlight.isEmpty() && inFlight.element().isDone()) {
      Batch batch = inFlight.element();
      if (batch.isCommitted()) {
        apply(batch);
      }
      if (closed) {
        return;
      }
      inFlight.remove();
      inFlightBytes -= batch.bytes();
      batch.ended().forEach(listener::finished);
    }
  }

  private void apply(Batch batch) {
    long offset = batch.baseOffset();
    InTransaction transaction = batch.transaction();
    if (transaction instanceof InTransaction.End end) {
      listener.committed(new CoordinatorLog.Entry.Marker(offset, end.producerId(), end.commit()));
      return;
    }
    long producerId = transaction == null ? CoordinatorLog.NO_PRODUCER : transaction.producerId();
    for (KeyValue record : batch.records()) {
      listener.committed(new CoordinatorLog.Entry.Stored(offset++, producerId, record));
    }
  }

  /** Brings the answer of the log into a turn of the owner. */
  private final class Answer implements CoordinatorLog.Appending {
    private final Batch batch;

    Answer(Batch batch) {
      this.batch = batch;
    }

    @Override
    public void committed(long baseOffset) {
      answered(() -> batch.committed(baseOffset));
    }

    @Override
    public void failed(ErrorCode error) {
      answered(() -> batch.failed(error));
    }

    private void answered(Runnable result) {
      turns.submit(() -> {
        if (!closed) {
          result.run();
          finish();
        }
      });
    }
  }
}
