package dev.millrace.quorum.log;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.turns.Turns;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A metadata log of one voter that lives in memory and ends with the process. Records go through
 * their frames, so that what comes out is what a file would have kept. A commit is heard of in a
 * later turn.
 */
public final class MemoryLog implements MetadataLog {
  private record Batch(long baseOffset, int epoch, List<Message> records) {}

  private record Snapshot(SnapshotId end, List<Message> records) {}

  private final Turns turns;
  private final int self;
  private final List<Batch> batches = new ArrayList<>();
  private @Nullable Snapshot snapshot;
  private @Nullable Observer observer;
  private int epoch;
  private long nextOffset;
  private long bytesSinceSnapshot;

  public MemoryLog(Turns turns, int self) {
    this.turns = turns;
    this.self = self;
  }

  @Override
  public void open(Observer opened) {
    observer = opened;
    epoch++;
    nextOffset++; // the place of the record with which an epoch begins
    turns.submit(() -> deliver(opened));
  }

  private void deliver(Observer to) {
    Snapshot start = snapshot;
    if (start != null) {
      to.onSnapshot(start.end, start.records.stream());
    }
    for (Batch batch : batches) {
      to.onCommit(batch.baseOffset, batch.epoch, batch.records);
    }
    to.onLeaderChange(self, epoch, nextOffset);
  }

  @Override
  public void append(int expectedEpoch, List<Message> records, Appended committed) {
    Observer to = observer;
    if (to == null || expectedEpoch != epoch) {
      turns.submit(() -> committed.done(Outcome.FENCED));
      return;
    }
    List<Message> kept = records.stream().map(this::throughFrame).toList();
    Batch batch = new Batch(nextOffset, epoch, kept);
    nextOffset += records.size();
    turns.submit(() -> {
      batches.add(batch);
      to.onCommit(batch.baseOffset, batch.epoch, batch.records);
      committed.done(Outcome.COMMITTED);
    });
  }

  private Message throughFrame(Message record) {
    Bytes frame = RecordFrame.write(record);
    bytesSinceSnapshot += frame.size();
    return RecordFrame.read(frame.buffer());
  }

  @Override
  public void barrier(Runnable reached) {
    turns.submit(reached);
  }

  @Override
  public void snapshot(SnapshotId end, Stream<Message> records) {
    snapshot = new Snapshot(end, records.toList());
    batches.removeIf(batch -> batch.baseOffset < end.offset());
    bytesSinceSnapshot = 0;
  }

  @Override
  public long bytesSinceSnapshot() {
    return bytesSinceSnapshot;
  }

  @Override
  public List<Integer> voters() {
    return List.of(self);
  }

  @Override
  public void close() {
    observer = null;
  }
}
