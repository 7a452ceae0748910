package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.Crash;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionLogTest {
  private final LogWorld world = new LogWorld(1);

  @Test
  void givesOffsetsAndReadsThemBack() {
    PartitionLog log = world.open(LogWorld.SMALL);
    assertThat(LogWorld.append(log, LogWorld.batch(10, "a", "b"))).isZero();
    assertThat(LogWorld.append(log, LogWorld.batch(20, "c"))).isEqualTo(2);
    assertThat(log.endOffset()).isEqualTo(3);
    assertThat(LogWorld.baseOffsets(log)).containsExactly(0L, 2L);
    RecordBatch first = new BatchCursor(LogWorld.bytes(log.read(1, 1, true, 3))).next();
    assertThat(first.baseOffset()).isZero();
    assertThat(first.partitionLeaderEpoch()).isZero();
    assertThat(log.read(1, 1, false, 3)).isInstanceOf(ReadResult.Nothing.class);
    assertThat(log.read(3, 100, true, 3)).isInstanceOf(ReadResult.Nothing.class);
    assertThat(log.read(2, 100, true, 2)).isInstanceOf(ReadResult.Nothing.class);
    assertThat(log.read(4, 100, true, 3)).isEqualTo(new ReadResult.OutOfRange(0, 3));
    assertThat(LogWorld.bytes(log.read(0, 1 << 20, true, 2)).remaining())
        .isEqualTo(first.sizeBytes());
  }

  @Test
  void isDurableAfterTheGroupSync() {
    PartitionLog log = world.open(LogWorld.SMALL);
    LogWorld.append(log, LogWorld.batch(10, "a", "b"));
    assertThat(log.durableEnd()).isZero();
    world.settle();
    assertThat(log.durableEnd()).isEqualTo(2);
    assertThat(world.durable).containsExactly(2L);
    LogWorld.append(log, LogWorld.batch(10, "c"));
    world.crash(Crash.losingUnsynced());
    log = world.open(LogWorld.SMALL);
    assertThat(log.endOffset()).isEqualTo(2);
    assertThat(LogWorld.baseOffsets(log)).containsExactly(0L);
  }

  @Test
  void rollsAndReadsOverSegments() {
    PartitionLog log = world.open(LogWorld.SMALL);
    for (int i = 0; i < 200; i++) {
      LogWorld.append(log, LogWorld.batch(1000 + i, "value " + i));
    }
    assertThat(log.segmentCount()).isGreaterThan(3);
    assertThat(LogWorld.baseOffsets(log)).hasSize(200);
    assertThat(log.offsetForTime(1100)).isEqualTo(new TimeLookup.Found(100, 1100, 0));
    assertThat(log.offsetForTime(2000)).isEqualTo(new TimeLookup.None());
    assertThat(log.offsetForMaxTime()).isEqualTo(new TimeLookup.Found(199, 1199, 0));
    world.cleanRestart();
    log = world.open(LogWorld.SMALL);
    assertThat(log.endOffset()).isEqualTo(200);
    assertThat(LogWorld.baseOffsets(log)).hasSize(200);
    assertThat(log.offsetForTime(1100)).isEqualTo(new TimeLookup.Found(100, 1100, 0));
    assertThat(log.offsetForMaxTime()).isEqualTo(new TimeLookup.Found(199, 1199, 0));
    LogWorld.append(log, LogWorld.batch(5, "x"));
    assertThat(LogWorld.baseOffsets(log)).hasSize(201);
  }

  @Test
  void knowsADuplicateOverARestart() {
    PartitionLog log = world.open(LogWorld.SMALL);
    for (int i = 0; i < 7; i++) {
      assertThat(LogWorld.append(log, LogWorld.idempotent(9, 0, i * 2, 2))).isEqualTo(i * 2L);
    }
    assertDuplicates(log);
    assertThat(older(log)).isEqualTo(new AppendResult.Duplicate(-1, 4, -1, 0));
    world.cleanRestart();
    log = world.open(LogWorld.SMALL);
    assertDuplicates(log);
    assertThat(((AppendResult.Refused) older(log)).error())
        .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    world.crash(Crash.ofProcess());
    log = world.open(LogWorld.SMALL);
    assertDuplicates(log);
    assertThat(LogWorld.append(log, LogWorld.idempotent(9, 0, 14, 2))).isEqualTo(14);
  }

  private static void assertDuplicates(PartitionLog log) {
    for (int i = 2; i < 7; i++) {
      assertThat(log.append(LogWorld.idempotent(9, 0, i * 2, 2), 0, AppendOrigin.CLIENT))
          .isEqualTo(new AppendResult.Duplicate(i * 2L, i * 2L + 2, 1000 + i * 2 + 1, 0));
    }
  }

  /** More than its batches is not known of a producer after a stop in order. */
  private static AppendResult older(PartitionLog log) {
    return log.append(LogWorld.idempotent(9, 0, 2, 2), 0, AppendOrigin.CLIENT);
  }

  @Test
  void keepsLeaderEpochs() {
    PartitionLog log = world.open(LogWorld.SMALL);
    log.startEpoch(3);
    log.append(LogWorld.batch(1, "a"), 3, AppendOrigin.CLIENT);
    log.startEpoch(5);
    log.append(LogWorld.batch(1, "b", "c"), 5, AppendOrigin.CLIENT);
    assertThat(log.epochEnd(3)).isEqualTo(new LeaderEpochs.End(3, 1));
    assertThat(log.epochEnd(4)).isEqualTo(new LeaderEpochs.End(3, 1));
    assertThat(log.epochEnd(5)).isEqualTo(new LeaderEpochs.End(5, 3));
    assertThat(log.epochEnd(6)).isEqualTo(new LeaderEpochs.End(-1, -1));
    world.settle();
    world.crash(Crash.losingUnsynced());
    log = world.open(LogWorld.SMALL);
    assertThat(log.epochEnd(3)).isEqualTo(new LeaderEpochs.End(3, 1));
    assertThat(log.epochs().starts()).hasSize(2);
  }

  @Test
  void removesOldSegmentsAndStartsLater() {
    LogSettings settings =
        LogWorld.SMALL.withRetention(new LogSettings.Retention(-1, 6000, true, 100));
    PartitionLog log = world.open(settings);
    for (int i = 0; i < 200; i++) {
      LogWorld.append(log, LogWorld.batch(1000 + i, "value " + i));
    }
    world.settle();
    assertThat(log.keeping().deleteOldSegments(0)).isZero();
    assertThat(log.keeping().deleteOldSegments(log.durableEnd())).isPositive();
    assertThat(log.sizeBytes()).isBetween(6000L, 10_096L);
    long start = log.startOffset();
    assertThat(log.read(start - 1, 1, true, 200)).isInstanceOf(ReadResult.OutOfRange.class);
    assertThat(log.keeping().deleteRecords(start + 5)).isEqualTo(start + 5);
    assertThat(log.read(start + 4, 1, true, 200)).isInstanceOf(ReadResult.OutOfRange.class);
    world.owners.runMs(200);
    assertThat(world.disk.list(LogWorld.PATH.resolve("orders-0")))
        .noneMatch(name -> name.endsWith(".deleted"));
    world.crash(Crash.losingUnsynced());
    assertThat(world.open(settings).startOffset()).isEqualTo(start + 5);
  }

  @Test
  void truncatesAndAppendsAsFollower() {
    PartitionLog log = world.open(LogWorld.SMALL);
    for (int i = 0; i < 100; i++) {
      LogWorld.append(log, LogWorld.idempotent(4, 0, i, 1));
    }
    world.settle();
    assertThat(log.keeping().truncateTo(40)).isTrue();
    assertThat(log.endOffset()).isEqualTo(40);
    assertThat(LogWorld.baseOffsets(log)).hasSize(40);
    assertThat(List.copyOf(log.producers()).getFirst().lastSequence()).isEqualTo(39);
    world.crash(Crash.losingUnsynced());
    log = world.open(LogWorld.SMALL);
    assertThat(log.endOffset()).isBetween(40L, 100L);
    log.keeping().truncateTo(40);
    AppendResult gap = log.appendAsFollower(LogWorld.batch(1, "x"));
    assertThat(((AppendResult.Refused) gap).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    assertThat(log.keeping().restartAt(1000)).isTrue();
    assertThat(log.startOffset()).isEqualTo(1000);
    assertThat(LogWorld.append(log, LogWorld.batch(1, "x"))).isEqualTo(1000);
  }
}
