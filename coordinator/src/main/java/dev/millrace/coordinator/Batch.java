package dev.millrace.coordinator;

import dev.millrace.base.turns.Timeout;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Records of one append, and the writes that they belong to. */
final class Batch {
  private static final long UNKNOWN = -1;

  private final List<KeyValue> records = new ArrayList<>();
  private final List<Write> beginning = new ArrayList<>();
  private final List<Write> ending = new ArrayList<>();
  private final @Nullable InTransaction transaction;
  private int bytes;
  private long baseOffset = UNKNOWN;
  private @Nullable ErrorCode failure;
  private @Nullable Timeout lateness;

  Batch(@Nullable InTransaction transaction) {
    this.transaction = transaction;
  }

  @Nullable InTransaction transaction() {
    return transaction;
  }

  /** Whether records of a write with this transaction may be in it. */
  boolean takes(@Nullable InTransaction other) {
    return !(transaction instanceof InTransaction.End) && Objects.equals(transaction, other);
  }

  void add(KeyValue record) {
    records.add(record);
    bytes += record.sizeMax();
  }

  /** Some records of {@code write} are in this batch; more may follow in the next one. */
  void touch(Write write) {
    beginning.add(write);
  }

  /** The last record of {@code write} is in this batch. */
  void end(Write write) {
    ending.add(write);
  }

  List<KeyValue> records() {
    return records;
  }

  /** Writes with records in this batch. */
  List<Write> touched() {
    return beginning;
  }

  /** Writes whose fate is known with this batch. */
  List<Write> ended() {
    return ending;
  }

  int bytes() {
    return bytes;
  }

  void lateAfter(Timeout timeout) {
    lateness = timeout;
  }

  void committed(long offset) {
    baseOffset = offset;
    stopClock();
  }

  void failed(ErrorCode error) {
    failure = error;
    touched().forEach(write -> write.fail(error));
    stopClock();
  }

  boolean isDone() {
    return baseOffset != UNKNOWN || failure != null;
  }

  boolean isCommitted() {
    return baseOffset != UNKNOWN;
  }

  long baseOffset() {
    return baseOffset;
  }

  void stopClock() {
    if (lateness != null) {
      lateness.cancel();
    }
  }
}
