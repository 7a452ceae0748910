package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A crash at every byte of what was not synced, and many that tear and reorder it. */
class CrashCutTest {
  private final LogWorld world = new LogWorld(3);
  private final LogModel model = new LogModel();
  private long durableEnd;

  /** Some synced records, then a tail over a roll that is not synced. */
  private void write() {
    LogSettings settings =
        LogSettings.DEFAULT.withSegment(
            new LogSettings.SegmentSettings(700, Long.MAX_VALUE, 0, 100, 1 << 20));
    PartitionLog log = world.open(settings);
    log.startEpoch(1);
    append(log, LogWorld.batch(1000, "first", "second"));
    append(log, transactional(0));
    world.settle();
    durableEnd = log.durableEnd();
    assertThat(durableEnd).isEqualTo(model.end());
    world.directory.checkpoint();
    log.startEpoch(2);
    for (int i = 1; i <= 3; i++) {
      append(log, transactional(i));
      append(log, LogWorld.batch(2000 + i, "value " + i, "another"));
    }
    append(log, abort());
    append(log, LogWorld.idempotent(7, 0, 0, 3));
    assertThat(log.segmentCount()).isEqualTo(2);
    assertThat(log.durableEnd()).isEqualTo(durableEnd);
  }

  private void append(PartitionLog log, ByteBuffer batch) {
    AppendResult result = log.append(batch, log.epochs().latest(), AppendOrigin.COORDINATOR);
    assertThat(result).isInstanceOf(AppendResult.Appended.class);
    model.append(batch);
  }

  private static ByteBuffer transactional(int sequence) {
    return BatchBuilder.from(0)
        .producer(5, (short) 0, sequence)
        .transactional()
        .append(1500, null, Bytes.utf8("in a transaction"))
        .build();
  }

  private static ByteBuffer abort() {
    EndTransaction end = new EndTransaction(false, 0);
    return BatchBuilder.from(0)
        .producer(5, (short) 0, -1)
        .transactional()
        .control()
        .append(1600, Bytes.copyOf(end.key()), Bytes.copyOf(end.value()))
        .build();
  }

  @Test
  void everyByteOfEveryFile() {
    write();
    List<Path> files = new ArrayList<>();
    for (String name : world.disk.list(world.file(""))) {
      files.add(world.file(name));
    }
    files.add(LogWorld.PATH.resolve(DurableMarks.NAME));
    int cuts = 0;
    for (Path file : files) {
      long bytes = world.disk.unsyncedBytes(file);
      for (long cut = 0; cut <= bytes; cut++) {
        check(world.disk.crashed(Crash.cutting(file, cut)), file + " cut=" + cut);
        cuts++;
      }
    }
    assertThat(cuts).isGreaterThan(500);
  }

  @Test
  void tornAndReorderedWrites() {
    write();
    long seed = Long.getLong("millrace.seed", 11);
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 1000);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < rounds; round++) {
      check(world.disk.crashed(Crash.random(random)), "seed=" + seed + " round=" + round);
    }
  }

  private void check(SimDisk crashed, String story) {
    LogWorld next = world.on(crashed);
    PartitionLog log = next.open(LogWorld.SMALL);
    assertThat(log.endOffset()).as(story).isBetween(durableEnd, model.end());
    ByteBuffer expected = model.bytes(0, log.endOffset());
    ByteBuffer found = ByteBuffer.allocate(expected.remaining());
    long at = 0;
    while (at < log.endOffset()) {
      ByteBuffer bytes = LogWorld.bytes(log.read(at, 1, true, Long.MAX_VALUE));
      at = dev.millrace.wire.records.RecordBatch.at(bytes).nextOffset();
      found.put(bytes);
    }
    assertThat(found.flip()).as(story).isEqualTo(expected);
    long producers =
        model.writers().values().stream()
            .filter(w -> w.batches.getFirst().lastOffset() < log.endOffset())
            .count();
    assertThat(log.producers()).as(story).hasSize((int) producers);
    boolean isAborted = model.aborted().getFirst().lastOffset() < log.endOffset();
    assertThat(log.abortedTransactions(0, Long.MAX_VALUE))
        .as(story)
        .isEqualTo(isAborted ? model.aborted() : List.of());
    assertThat(LogWorld.append(log, LogWorld.batch(1, "goes on"))).isEqualTo(at);
    next.settle();
    assertThat(log.durableEnd()).as(story).isEqualTo(at + 1);
  }
}
