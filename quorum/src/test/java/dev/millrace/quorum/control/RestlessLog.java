package dev.millrace.quorum.control;

import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.RecordFrame;
import dev.millrace.wire.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A log that commits when it likes, loses leadership at random together with what is open, and
 * leads again in a later epoch. Remembers what it committed.
 */
final class RestlessLog implements MetadataLog {
  /** What was committed, in order. */
  record Committed(long baseOffset, int epoch, List<Message> records) {}

  private record Open(long baseOffset, List<Message> records, Appended appended) {}

  final List<Committed> committed = new ArrayList<>();
  private final Turns turns;
  private final RandomGenerator random;
  private final Deque<Open> open = new ArrayDeque<>();
  private @Nullable Observer observer;
  private int epoch = 1;
  private boolean leading;
  private long nextOffset = 1;

  RestlessLog(Turns turns, RandomGenerator random) {
    this.turns = turns;
    this.random = random;
  }

  @Override
  public void open(Observer opened) {
    observer = opened;
    turns.submit(this::lead);
  }

  @Override
  public void append(int expectedEpoch, List<Message> records, Appended appended) {
    if (!leading || expectedEpoch != epoch) {
      turns.submit(() -> appended.done(Outcome.FENCED));
      return;
    }
    open.add(new Open(nextOffset, records, appended));
    nextOffset += records.size();
    turns.after(random.nextInt(20), this::move);
  }

  private void move() {
    if (random.nextInt(20) == 0) {
      lose();
    } else if (!open.isEmpty()) {
      commit(open.remove());
    }
  }

  private void commit(Open batch) {
    List<Message> records =
        batch.records.stream()
            .map(record -> RecordFrame.read(RecordFrame.write(record).buffer()))
            .toList();
    committed.add(new Committed(batch.baseOffset, epoch, records));
    observer().onCommit(batch.baseOffset, epoch, records);
    batch.appended.done(Outcome.COMMITTED);
  }

  private void lose() {
    if (!leading) {
      return;
    }
    leading = false;
    List<Open> lost = List.copyOf(open);
    open.clear();
    nextOffset -= lost.stream().mapToInt(batch -> batch.records.size()).sum();
    if (random.nextBoolean()) {
      observer().onLeaderChange(99, ++epoch, -1);
    }
    lost.forEach(batch -> batch.appended.done(Outcome.FENCED));
    turns.after(random.nextInt(50), this::lead);
  }

  private void lead() {
    leading = true;
    nextOffset++;
    observer().onLeaderChange(Bench.NODE, ++epoch, nextOffset);
  }

  private Observer observer() {
    return Objects.requireNonNull(observer);
  }

  @Override
  public void barrier(Runnable reached) {
    turns.after(1000, reached);
  }

  @Override
  public void snapshot(SnapshotId end, Stream<Message> records) {}

  @Override
  public long bytesSinceSnapshot() {
    return 0;
  }

  @Override
  public List<Integer> voters() {
    return List.of(Bench.NODE);
  }

  @Override
  public void close() {}
}
