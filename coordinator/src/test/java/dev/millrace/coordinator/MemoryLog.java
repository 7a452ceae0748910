package dev.millrace.coordinator;

import dev.millrace.base.turns.Turns;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A coordinator's log in memory. Appends commit in a later turn, or when they are let. */
public final class MemoryLog implements CoordinatorLog {
  private static final int CHUNK_ENTRIES = 7;

  private final Turns disk;
  private final List<Entry> entries;
  private final List<Integer> batchSizes = new ArrayList<>();
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();
  private final ArrayDeque<List<Entry>> unacknowledged = new ArrayDeque<>();
  private int batchBytesMax = 1 << 20;
  private boolean holding;
  private boolean dead;
  private @Nullable ErrorCode refusal;
  private @Nullable String damage;

  public MemoryLog(Turns disk, List<Entry> entries) {
    this.disk = disk;
    this.entries = new ArrayList<>(entries);
  }

  /** What is committed. */
  public List<Entry> entries() {
    return entries;
  }

  /** Number of records of each append that was committed. */
  public List<Integer> batchSizes() {
    return batchSizes;
  }

  public void batchBytesMax(int bytes) {
    batchBytesMax = bytes;
  }

  /**
   * What another leader may find: all that is committed, and the first {@code survivors} batches of
   * those that were appended and not acknowledged.
   */
  public List<Entry> remains(int survivors) {
    List<Entry> remains = new ArrayList<>(entries);
    unacknowledged.stream()
        .limit(survivors)
        .flatMap(List::stream)
        .forEach(entry -> remains.add(at(remains.size(), entry)));
    return remains;
  }

  public int unacknowledgedBatches() {
    return unacknowledged.size();
  }

  /** Nothing is committed or answered any more. */
  public void die() {
    dead = true;
  }

  /** Keeps appends back until {@link #release}. */
  public void hold() {
    holding = true;
  }

  public void release() {
    holding = false;
    held.forEach(disk::submit);
    held.clear();
  }

  /** Has appends fail, or, with null, succeed again. */
  public void refuse(@Nullable ErrorCode error) {
    refusal = error;
  }

  /** Has reads fail. */
  public void damage(String reason) {
    damage = reason;
  }

  /** Puts an entry at the end, as if another leader had written it. */
  public void put(long producerId, KeyValue record) {
    entries.add(new Entry.Stored(entries.size(), producerId, record));
  }

  /** Ends a transaction. */
  public void mark(long producerId, boolean committed) {
    entries.add(new Entry.Marker(entries.size(), producerId, committed));
  }

  @Override
  public int batchBytesMax() {
    return batchBytesMax;
  }

  @Override
  public void append(List<KeyValue> records, Appending appending) {
    appendList(stored(NO_PRODUCER, records), appending);
  }

  @Override
  public void append(InTransaction.Part transaction, List<KeyValue> records, Appending appending) {
    appendList(stored(transaction.producerId(), records), appending);
  }

  @Override
  public void end(InTransaction.End end, Appending appending) {
    appendList(List.of(new Entry.Marker(-1, end.producerId(), end.commit())), appending);
  }

  private static List<Entry> stored(long producerId, List<KeyValue> records) {
    List<Entry> stored = new ArrayList<>();
    records.forEach(record -> stored.add(new Entry.Stored(-1, producerId, record)));
    return stored;
  }

  private static Entry at(long offset, Entry entry) {
    return switch (entry) {
      case Entry.Stored stored -> new Entry.Stored(offset, stored.producerId(), stored.record());
      case Entry.Marker marker -> new Entry.Marker(offset, marker.producerId(), marker.committed());
    };
  }

  private void appendList(List<Entry> batch, Appending appending) {
    ErrorCode error = refusal;
    if (error == null) {
      unacknowledged.add(batch);
    }
    Runnable write = error == null ? () -> commit(appending) : () -> appending.failed(error);
    if (holding) {
      held.add(write);
    } else {
      disk.submit(write);
    }
  }

  private void commit(Appending appending) {
    if (dead) {
      return;
    }
    List<Entry> batch = unacknowledged.remove();
    long base = entries.size();
    batch.forEach(entry -> entries.add(at(entries.size(), entry)));
    batchSizes.add(batch.size());
    appending.committed(base);
  }

  @Override
  public void read(long offset, Consumer<Chunk> reader) {
    int from = offset == START ? 0 : (int) offset;
    int to = Math.min(from + CHUNK_ENTRIES, entries.size());
    String reason = damage;
    Chunk chunk =
        reason != null
            ? new Chunk.Failed(reason)
            : from == entries.size()
                ? new Chunk.End()
                : new Chunk.Entries(List.copyOf(entries.subList(from, to)), to);
    disk.submit(() -> reader.accept(chunk));
  }
}
