package dev.millrace.coordinator.share;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.InTransaction;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.MemoryLog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A log in memory that really has no use for what it was told to forget. */
final class ForgettingLog implements CoordinatorLog {
  private static final KeyValue NOISE = new KeyValue(Bytes.copyOf(new byte[] {0, 99}), null);

  private final MemoryLog log;
  private long forgotten;

  ForgettingLog(Turns disk, List<Entry> entries) {
    this.log = new MemoryLog(disk, entries);
  }

  /** What another leader finds, with {@code survivors} of the batches not acknowledged yet. */
  List<Entry> remains(int survivors) {
    List<Entry> remains = new ArrayList<>(log.remains(survivors));
    for (int offset = 0; offset < forgotten; offset++) {
      remains.set(offset, new Entry.Stored(offset, NO_PRODUCER, NOISE));
    }
    return remains;
  }

  MemoryLog memory() {
    return log;
  }

  long forgotten() {
    return forgotten;
  }

  @Override
  public int batchBytesMax() {
    return log.batchBytesMax();
  }

  @Override
  public void append(List<KeyValue> records, Appending appending) {
    log.append(records, appending);
  }

  @Override
  public void append(InTransaction.Part part, List<KeyValue> records, Appending appending) {
    log.append(part, records, appending);
  }

  @Override
  public void end(InTransaction.End end, Appending appending) {
    log.end(end, appending);
  }

  @Override
  public void read(long offset, Consumer<Chunk> reader) {
    log.read(offset, reader);
  }

  @Override
  public void forget(long offset) {
    forgotten = Math.max(forgotten, offset);
  }
}
