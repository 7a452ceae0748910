package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.log.LogSettings.Retention;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fails, or is full, at each single operation. */
class DiskFaultTest {
  private static final LogSettings SETTINGS =
      LogWorld.SMALL
          .withSegment(new LogSettings.SegmentSettings(600, Long.MAX_VALUE, 0, 100, 1 << 20))
          .withRetention(new Retention(-1, 1500, true, 1));

  private static final TopicPartition METADATA = new TopicPartition("__cluster_metadata", 0);

  private static final Set<Operation> ALL = EnumSet.allOf(Operation.class);

  private LogWorld world = new LogWorld(5);
  private LogModel model = new LogModel();
  private long certainEnd;
  private long certainStart;

  @ParameterizedTest
  @EnumSource(names = {"FAILED", "FULL"})
  void losesNothingThatWasDurable(Kind kind) {
    boolean happened = true;
    int nth = 1;
    for (; happened; nth++) {
      world = new LogWorld(5);
      model = new LogModel();
      certainEnd = 0;
      certainStart = 0;
      happened = live(DiskFaults.nth(nth, kind == Kind.FULL ? Operation.CHANGES : ALL, kind));
      check(world.disk.crashed(Crash.losingUnsynced()), nth);
      check(world.disk.crashed(Crash.ofProcess()), nth);
    }
    assertThat(nth).isGreaterThan(100);
  }

  /** A life with everything in it; returns whether the fault happened. */
  private boolean live(DiskFaults.Once fault) {
    OpenResult result = world.directory.open(LogWorld.PARTITION, LogWorld.TOPIC, SETTINGS);
    PartitionLog log = ((OpenResult.Opened) result).log();
    world.disk.faults(fault);
    for (int i = 0; i < 30; i++) {
      append(log, LogWorld.idempotent(2, 0, sequence(), 2));
      if (i % 3 == 0) {
        world.settle();
      }
      if (i % 7 == 0) {
        log.keeping().deleteOldSegments(log.durableEnd());
        note(log);
      }
      if (i % 11 == 10) {
        long start = log.keeping().deleteRecords(Math.max(log.durableEnd() - 3, 0));
        certainStart = Math.max(certainStart, start);
      }
      if (i % 8 == 4) {
        world.directory.checkpoint();
      }
      if (i == 20) {
        log.startEpoch(1);
      }
      note(log);
    }
    world.directory.close(1);
    note(log);
    return fault.happened();
  }

  private int sequence() {
    return (int) model.end();
  }

  private void note(PartitionLog log) {
    certainEnd = Math.max(certainEnd, log.flushedEnd());
  }

  private void append(PartitionLog log, ByteBuffer batch) {
    AppendResult result = log.append(batch, log.epochs().latest(), AppendOrigin.CLIENT);
    if (result instanceof AppendResult.Appended) {
      model.append(batch);
    } else {
      assertThat(((AppendResult.Refused) result).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    }
  }

  private void check(dev.millrace.base.sim.SimDisk crashed, int nth) {
    LogWorld next = world.on(crashed);
    PartitionLog log = next.open(SETTINGS);
    assertThat(log.endOffset()).as("nth=%s", nth).isGreaterThanOrEqualTo(certainEnd);
    assertThat(log.startOffset()).as("nth=%s", nth).isLessThanOrEqualTo(certainEnd);
    long at = log.startOffset();
    while (at < Math.min(log.endOffset(), model.end())) {
      ByteBuffer bytes = LogWorld.bytes(log.read(at, 1, true, Long.MAX_VALUE));
      ByteBuffer expected = model.bytes(at, Long.MAX_VALUE);
      assertThat(bytes).as("nth=%s", nth).isEqualTo(expected.slice(0, bytes.remaining()));
      at = dev.millrace.wire.records.RecordBatch.at(bytes).nextOffset();
    }
  }

  @Test
  void aFullDiskRefusesAndRecovers() {
    PartitionLog log = world.open(LogWorld.SMALL);
    LogWorld.append(log, LogWorld.batch(1, "before"));
    world.settle();
    world.disk.capacityBytes(world.disk.usedBytes() + 100);
    AppendResult refused = append(log, "x".repeat(500));
    assertThat(((AppendResult.Refused) refused).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(((AppendResult.Refused) refused).message()).contains("disk is full");
    assertThat(world.directory.isOnline()).isTrue();
    assertThat(log.context().health().isFull()).isTrue();
    assertThat(LogWorld.baseOffsets(log)).containsExactly(0L);
    world.disk.capacityBytes(Long.MAX_VALUE);
    assertThat(append(log, "after")).isInstanceOf(AppendResult.Appended.class);
    assertThat(log.context().health().isFull()).isFalse();
    world.settle();
    assertThat(log.durableEnd()).isEqualTo(2);
    world.crash(Crash.losingUnsynced());
    assertThat(LogWorld.baseOffsets(world.open(LogWorld.SMALL))).containsExactly(0L, 1L);
  }

  @Test
  void whatMightJustFitIsRefusedTooUntilThereIsRoom() {
    PartitionLog log = world.open(LogWorld.SMALL);
    fill(log);
    world.disk.capacityBytes(world.disk.usedBytes() + 300);
    assertThat(append(log, "x".repeat(500))).isInstanceOf(AppendResult.Refused.class);
    AppendResult small = append(log, "y");
    assertThat(((AppendResult.Refused) small).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(((AppendResult.Refused) small).message()).contains("disk is full");
    world.disk.capacityBytes(Long.MAX_VALUE);
    assertThat(append(log, "y")).isInstanceOf(AppendResult.Refused.class); // it looks now and then
    world.owners.runMs(1_000);
    assertThat(append(log, "y")).isInstanceOf(AppendResult.Appended.class);
    assertThat(log.context().health().isFull()).isFalse();
  }

  @Test
  void metadataGoesOnWhileADiskIsFull() {
    PartitionLog log = world.open(LogWorld.SMALL);
    PartitionLog metadata = world.open(METADATA, LogWorld.SMALL);
    fill(log);
    world.directory.checkpoint();
    assertThat(world.disk.size(LogWorld.PATH.resolve(Spare.NAME))).isEqualTo(LogWorld.SPARE_BYTES);
    world.disk.capacityBytes(world.disk.usedBytes() + 10);
    assertThat(append(metadata, "first to find no room")).isInstanceOf(AppendResult.Appended.class);
    assertThat(world.disk.exists(LogWorld.PATH.resolve(Spare.NAME))).isFalse();
    assertThat(append(log, "waits")).isInstanceOf(AppendResult.Refused.class);
    for (int i = 0; i < 20; i++) {
      assertThat(append(metadata, "goes on")).isInstanceOf(AppendResult.Appended.class);
    }
    world.directory.checkpoint();
    assertThat(world.disk.exists(LogWorld.PATH.resolve(Spare.NAME))).isFalse();
    world.disk.capacityBytes(Long.MAX_VALUE);
    world.owners.runMs(1_000);
    assertThat(append(log, "goes on")).isInstanceOf(AppendResult.Appended.class);
    world.settle();
    assertThat(world.disk.exists(LogWorld.PATH.resolve(Spare.NAME))).isTrue();
    world.cleanRestart();
    assertThat(world.open(METADATA, LogWorld.SMALL).endOffset()).isEqualTo(21);
  }

  /** A disk that is not tiny. */
  private static void fill(PartitionLog log) {
    for (int i = 0; i < 500; i++) {
      assertThat(append(log, "x".repeat(400))).isInstanceOf(AppendResult.Appended.class);
    }
  }

  private static AppendResult append(PartitionLog log, String value) {
    return log.append(LogWorld.batch(1, value), 0, AppendOrigin.CLIENT);
  }

  @Test
  void aFailedSyncIsTheEnd() {
    PartitionLog log = world.open(LogWorld.SMALL);
    LogWorld.append(log, LogWorld.batch(1, "a"));
    world.disk.faults(DiskFaults.nth(1, Set.of(Operation.SYNC), Kind.FAILED));
    world.settle();
    assertThat(log.durableEnd()).isZero();
    assertThat(world.directory.isOnline()).isFalse();
    DiskException fault = world.directory.fault();
    assertThat(fault).hasMessageContaining("SYNC");
    assertThat(world.offline).containsExactly(fault);
    assertRefused(log);
    log.requestSync();
    world.settle();
    assertThat(log.durableEnd()).isZero();
    assertThat(world.durable).isEmpty();
    assertThat(world.directory.open(LogWorld.PARTITION_1, LogWorld.TOPIC, LogWorld.SMALL))
        .isInstanceOf(OpenResult.Offline.class);
    // the system believes the bytes to be written; the next life must not
    world.crash(Crash.ofProcess());
    log = world.open(LogWorld.SMALL);
    assertThat(log.endOffset()).isEqualTo(1);
    world.settle();
    assertThat(log.durableEnd()).isEqualTo(1);
    world.crash(Crash.losingUnsynced());
    assertThat(world.open(LogWorld.SMALL).endOffset()).isEqualTo(1);
  }

  private static void assertRefused(PartitionLog log) {
    @Nullable ErrorCode error = null;
    if (append(log, "b") instanceof AppendResult.Refused refused) {
      error = refused.error();
    }
    assertThat(error).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(log.read(0, 1, true, 1)).isInstanceOf(ReadResult.Failed.class);
    assertThat(log.offsetForTime(0)).isInstanceOf(TimeLookup.Failed.class);
    assertThat(log.status()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
  }

  @Test
  void aReadThatFailsTakesTheDirectoryOffline() {
    PartitionLog log = world.open(LogWorld.SMALL);
    for (int i = 0; i < 100; i++) {
      append(log, "value " + i);
    }
    world.cleanRestart();
    log = world.open(LogWorld.SMALL);
    world.disk.faults(DiskFaults.every(Set.of(Operation.READ), Kind.FAILED));
    assertThat(log.read(3, 100, true, 100)).isInstanceOf(ReadResult.Failed.class);
    assertThat(world.directory.isOnline()).isFalse();
  }
}
