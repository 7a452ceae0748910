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

  /** Whether its records are compressed. */
  enum Packing {
    OPEN,
    /** A program's thread is at it: nobody else touches the batch. */
    UNDER_WAY,
    PACKED
  }

  private static final int RECORD_OVERHEAD_BYTES = 32;

  final TopicPartition partition;
  final long createdMs;
  private final Pages pages;
  private final Codec codec;
  private final Roster roster;
  private final List<Flush> flushes = new ArrayList<>(0);
  private @Nullable BatchBuilder builder;
  private @Nullable ByteBuffer bytes;
  private long chargedBytes;
  private boolean sealed;

  /** Changed under the lock of its gathering. */
  Packing packing = Packing.OPEN;

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

  /** Whether one node had its bytes once and has answered: nobody reads them any more. */
  boolean isReleased;

  OutBatch(
      TopicPartition partition,
      long createdMs,
      Pages pages,
      ProducerSettings settings,
      boolean isBusy) {
    this.partition = partition;
    this.createdMs = createdMs;
    this.pages = pages;
    this.codec = settings.codec;
    this.roster = pages.roster();
    this.builder = BatchBuilder.in(pages.take(isBusy)).compressed(codec, settings.codecLevel);
  }

  /** Makes its records part of a transaction. */
  OutBatch transactional() {
    building().transactional();
    return this;
  }

  private OutBatch(OutBatch whole, BatchBuilder part, Roster roster) {
    this.partition = whole.partition;
    this.createdMs = whole.createdMs;
    this.pages = whole.pages;
    this.codec = whole.codec;
    this.roster = roster;
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

  /**
   * Adds a record.
   *
   * @param teller a {@link Fate}, a {@link Callback}, or null
   */
  void append(
      long timestampMs,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<RecordHeader> headers,
      @Nullable Object teller) {
    building().appendBytes(timestampMs, key, value, headers);
    roster.add(timestampMs, teller);
    chargedBytes += sizeBytes(key, value, headers);
  }

  /** The memory that a record is counted with. */
  static int sizeBytes(byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
    long size = RECORD_OVERHEAD_BYTES;
    size += key == null ? 0 : key.length;
    size += value == null ? 0 : value.length;
    for (int i = 0; i < headers.size(); i++) {
      RecordHeader header = headers.get(i);
      ByteBuffer content = header.value();
      size += header.key().length() * 3L + 10 + (content == null ? 0 : content.remaining());
    }
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  int records() {
    return roster.size();
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
      if (packing == Packing.OPEN) {
        pack();
      }
      bytes = open.build();
      builder = null;
    }
  }

  /** Compresses the records of a sealed batch; their plain form leaves its memory to others. */
  void pack() {
    if (codec != Codec.NONE) {
      BatchBuilder open = building();
      byte[] plain = open.memory();
      open.pack(pages.take(open.sizeBytes() >= plain.length / 2));
      pages.give(plain);
    }
    packing = Packing.PACKED;
  }

  /** Whether a program's thread could compress it now. */
  boolean isPackable() {
    return codec != Codec.NONE && sealed && packing == Packing.OPEN;
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
    for (int i = 0; i < roster.size(); i++) {
      if (roster.hasTeller(i)) {
        roster.tell(
            i,
            new Delivered(
                partition,
                baseOffset < 0 ? -1 : baseOffset + i,
                appendTimeMs < 0 ? roster.timestampMs(i) : appendTimeMs));
      }
    }
    endFlushes();
  }

  void failed(ProducerException fault) {
    told = true;
    for (int i = 0; i < roster.size(); i++) {
      roster.tell(i, fault);
    }
    endFlushes();
  }

  /** Lets a flush wait for this batch, unless its records know their fate. */
  void await(Flush flush) {
    if (!told) {
      flush.await();
      flushes.add(flush);
    }
  }

  private void endFlushes() {
    List<Flush> waiting = List.copyOf(flushes);
    flushes.clear();
    waiting.forEach(Flush::told);
  }

  /** The batch is over: leaves its memory to others. Comes last. */
  void recycle() {
    ByteBuffer made = bytes;
    if (isReleased && made != null) {
      bytes = null;
      pages.give(made.array());
      pages.give(roster);
    }
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
    OutBatch early = new OutBatch(this, first, roster.part(0, half));
    OutBatch late = new OutBatch(this, second, roster.part(half, records()));
    flushes.forEach(early::await);
    flushes.forEach(late::await);
    endFlushes();
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
