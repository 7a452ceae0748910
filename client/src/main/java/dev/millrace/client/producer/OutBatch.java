package dev.millrace.client.producer;

import dev.millrace.client.TopicPartition;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition that travel together. While it is open its {@link Gathering}'s lock
 * guards it; from its first sending on it belongs to the sender.
 */
final class OutBatch {
  /** Where a numbered batch is. */
  enum State {
    /** It may leave, for the first time or again. */
    READY,
    /** A node has it in work. */
    SENT,
    /** Its fate is known and is told when those before it have theirs. */
    DONE
  }

  final TopicPartition partition;
  final long createdMs;
  final List<Fate> fates = new ArrayList<>();
  private @Nullable BatchBuilder builder;
  private @Nullable ByteBuffer bytes;
  private long chargedBytes;
  private boolean sealed;

  State state = State.READY;
  @Nullable Identity identity;
  int sequence = RecordBatch.NONE;
  int attempts;
  long notBeforeMs = Long.MIN_VALUE;

  /** What the last try met; empty before that. */
  String lastFault = "";

  /** Whether a node may have taken it without our knowing. */
  boolean uncertain;

  /** Tells the fate; null until it is known. */
  private @Nullable Runnable verdict;

  /** Whether its records were told their fate: nobody waits any more. */
  private boolean told;

  OutBatch(TopicPartition partition, long createdMs, Codec codec, int level) {
    this.partition = partition;
    this.createdMs = createdMs;
    this.builder = BatchBuilder.from(0).compressed(codec, level);
  }

  /** Makes its records part of a transaction. */
  OutBatch transactional() {
    building().transactional();
    return this;
  }

  private OutBatch(OutBatch whole, BatchBuilder part) {
    this.partition = whole.partition;
    this.createdMs = whole.createdMs;
    this.builder = part;
    this.sealed = true;
  }

  /** Whether a record of this size has a place here; the first always has. */
  boolean fits(int recordBytes, int batchBytes) {
    BatchBuilder open = builder;
    return !sealed
        && open != null
        && (open.count() == 0 || open.sizeBytes() + recordBytes <= batchBytes);
  }

  void append(Entry entry, Fate fate) {
    building().append(fate.timestampMs(), entry.key(), entry.value(), entry.headers());
    fates.add(fate);
    chargedBytes += entry.sizeBytes();
  }

  /** A record's bytes and how much memory they are counted with. */
  record Entry(
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers,
      int sizeBytes) {}

  int records() {
    return fates.size();
  }

  /** Lets nothing more in. */
  void seal() {
    sealed = true;
  }

  boolean isSealed() {
    return sealed;
  }

  boolean isTold() {
    return told;
  }

  long chargedBytes() {
    return chargedBytes;
  }

  /** Numbers the records and makes the bytes, or numbers them anew. */
  void number(@Nullable Identity by, int first) {
    sealed = true;
    identity = by;
    sequence = by == null ? RecordBatch.NONE : first;
    ByteBuffer made = bytes;
    if (made != null && by != null) {
      RecordBatch.at(made).rewriteProducer(by.id(), by.epoch(), first);
    } else if (made == null) {
      BatchBuilder open = building();
      if (by != null) {
        open.producer(by.id(), by.epoch(), first);
      }
      bytes = open.build();
      builder = null;
    }
  }

  ByteBuffer bytes() {
    if (bytes == null) {
      throw new IllegalStateException("batch has no bytes yet, partition=" + partition);
    }
    return bytes;
  }

  /** Remembers what to tell. */
  void settle(Runnable fate) {
    state = State.DONE;
    uncertain = false;
    verdict = fate;
  }

  /** Tells what was settled, unless the records have been given up before. */
  void tell() {
    if (!told && verdict != null) {
      verdict.run();
    }
  }

  void delivered(long baseOffset, long appendTimeMs) {
    told = true;
    for (int i = 0; i < fates.size(); i++) {
      Fate fate = fates.get(i);
      fate.delivered(
          new Delivered(
              partition,
              baseOffset < 0 ? -1 : baseOffset + i,
              appendTimeMs < 0 ? fate.timestampMs() : appendTimeMs));
    }
  }

  void failed(ProducerException fault) {
    told = true;
    fates.forEach(fate -> fate.failed(fault));
  }

  /**
   * Two batches with half of the records each, numbered as these are: for a node that finds it too
   * large. The memory is counted with the second.
   */
  List<OutBatch> halves() {
    RecordBatch whole = RecordBatch.at(bytes());
    int half = records() / 2;
    BatchBuilder first = BatchBuilder.from(0).compressed(whole.codec());
    BatchBuilder second = BatchBuilder.from(0).compressed(whole.codec());
    if (whole.isTransactional()) {
      first.transactional();
      second.transactional();
    }
    try (RecordCursor cursor = whole.records()) {
      for (int i = 0; cursor.next(); i++) {
        (i < half ? first : second)
            .append(cursor.timestampMs(), cursor.key(), cursor.value(), cursor.headers());
      }
    }
    OutBatch early = new OutBatch(this, first);
    OutBatch late = new OutBatch(this, second);
    early.fates.addAll(fates.subList(0, half));
    late.fates.addAll(fates.subList(half, fates.size()));
    late.chargedBytes = chargedBytes;
    early.number(identity, sequence);
    late.number(identity, Identity.after(sequence, half));
    return List.of(early, late);
  }

  private BatchBuilder building() {
    if (builder == null) {
      throw new IllegalStateException("batch is finished, partition=" + partition);
    }
    return builder;
  }
}
