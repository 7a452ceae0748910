package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.log.LogSettings.Compacting;
import dev.millrace.log.LogSettings.Retention;
import dev.millrace.log.LogSettings.SegmentSettings;
import dev.millrace.log.clean.KeyOffsets;
import dev.millrace.log.producer.Producer;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of compaction, one by one. */
class CompactionTest {
  private static final long RETENTION_MS = 1000;

  private static final LogSettings SETTINGS =
      LogSettings.DEFAULT
          .withSegment(new SegmentSettings(1000, Long.MAX_VALUE, 0, 100, 1 << 20))
          .withRetention(new Retention(-1, -1, false, 10))
          .withCompaction(new Compacting(true, 0, 0, Long.MAX_VALUE, RETENTION_MS));

  private LogWorld world = new LogWorld(5);
  private PartitionLog log = world.open(SETTINGS);

  // ---- what to write

  private static BatchBuilder batch() {
    return BatchBuilder.from(0);
  }

  private static ByteBuffer record(String key, @Nullable String value) {
    return batch().append(1, Bytes.utf8(key), value == null ? null : Bytes.utf8(value)).build();
  }

  private static BatchBuilder transactional(long producer, int sequence) {
    return batch().producer(producer, (short) 0, sequence).transactional();
  }

  private static ByteBuffer marker(long producer, boolean isCommit) {
    EndTransaction end = new EndTransaction(isCommit, 0);
    return batch()
        .producer(producer, (short) 0, -1)
        .transactional()
        .control()
        .append(1, Bytes.copyOf(end.key()), Bytes.copyOf(end.value()))
        .build();
  }

  private long append(ByteBuffer batch) {
    return LogWorld.append(log, batch);
  }

  /** Finishes the active segment. */
  private void roll() {
    append(record("filler-" + log.endOffset(), "x".repeat(850)));
    append(record("filler-" + log.endOffset(), "x".repeat(850)));
    world.settle();
  }

  private CleaningStep clean() {
    KeyOffsets keys = new KeyOffsets(1 << 20, 0.9, 1, 2);
    LogCompaction compaction = log.cleaning().begin(log.durableEnd(), keys, 300);
    CleaningStep step = compaction == null ? new CleaningStep.Overtaken() : compaction.step();
    while (step instanceof CleaningStep.More) {
      step = compaction.step();
    }
    return step;
  }

  private void cleaned() {
    assertThat(clean()).isInstanceOf(CleaningStep.Done.class);
  }

  /** So that there is something dirty. */
  private void cleanedAgain() {
    roll();
    cleaned();
  }

  private List<RecordBatch> batches() {
    List<RecordBatch> all = new ArrayList<>();
    long next = 0;
    while (next < log.endOffset()) {
      ByteBuffer bytes = LogWorld.bytes(log.read(next, 1 << 20, true, Long.MAX_VALUE));
      for (RecordBatch batch : BatchCursor.batches(bytes)) {
        all.add(batch);
        next = batch.nextOffset();
      }
    }
    return all;
  }

  private Map<Long, String> records() {
    Map<Long, String> records = new TreeMap<>();
    for (RecordBatch batch : batches()) {
      if (!batch.isControl()) {
        CleanModel.entries(batch)
            .forEach(entry -> records.put(entry.offset(), entry.key() + "=" + entry.value()));
      }
    }
    records.values().removeIf(text -> text.startsWith("filler"));
    return records;
  }

  private RecordBatch batchAt(long offset) {
    return batches().stream().filter(b -> b.lastOffset() >= offset).findFirst().orElseThrow();
  }

  // ---- rules

  @Test
  void onlyTheLatestRecordOfAKeyStays() {
    append(
        batch()
            .append(1, Bytes.utf8("a"), Bytes.utf8("1"))
            .append(2, Bytes.utf8("b"), null)
            .append(3, Bytes.utf8("c"), Bytes.utf8("3"))
            .build());
    append(record("a", "4"));
    append(record("c", "5"));
    roll();
    append(record("a", "in the active segment"));
    world.settle();
    cleaned();
    assertThat(records())
        .containsEntry(1L, "b=null")
        .containsEntry(3L, "a=4")
        .containsEntry(4L, "c=5")
        .doesNotContainKeys(0L, 2L);
    assertThat(batchAt(1).baseOffset()).isZero();
    assertThat(batchAt(1).lastOffset()).isEqualTo(2);
  }

  @Test
  void aTombstoneStaysForItsTimeAfterTheFirstCompaction() {
    append(record("a", "1"));
    append(record("a", null));
    roll();
    world.owners.runMs(50_000);
    cleaned();
    long horizon = world.owners.clock().wallMs() + RETENTION_MS;
    assertThat(records()).containsExactly(Map.entry(1L, "a=null"));
    assertThat(batchAt(1).hasDeleteHorizon()).isTrue();
    assertThat(batchAt(1).baseTimestamp()).isEqualTo(horizon);
    cleanedAgain();
    assertThat(batchAt(1).baseTimestamp()).isEqualTo(horizon);
    world.owners.runMs(RETENTION_MS + 10);
    cleanedAgain();
    assertThat(records()).isEmpty();
  }

  @Test
  void recordsWithoutAKeyGo() {
    append(LogWorld.batch(1, "no key"));
    append(record("a", "1"));
    roll();
    cleaned();
    assertThat(records()).containsExactly(Map.entry(1L, "a=1"));
  }

  @Test
  void abortedRecordsGoAtOnceAndTheirMarkerLater() {
    append(record("a", "committed"));
    append(transactional(7, 0).append(1, Bytes.utf8("a"), Bytes.utf8("aborted")).build());
    append(transactional(7, 1).append(1, Bytes.utf8("b"), Bytes.utf8("aborted")).build());
    append(marker(7, false));
    append(transactional(7, 2).append(1, Bytes.utf8("c"), Bytes.utf8("committed")).build());
    append(marker(7, true));
    roll();
    cleaned();
    assertThat(records())
        .containsExactly(Map.entry(0L, "a=committed"), Map.entry(4L, "c=committed"));
    assertThat(batchAt(3).isControl()).isTrue();
    assertThat(batchAt(3).hasDeleteHorizon()).isFalse();
    assertThat(log.abortedTransactions(0, 100)).hasSize(1);
    cleanedAgain();
    assertThat(log.abortedTransactions(0, 100)).isEmpty();
    assertThat(batchAt(3).hasDeleteHorizon()).isTrue();
    world.owners.runMs(RETENTION_MS + 10);
    cleanedAgain();
    assertThat(batchAt(1).baseOffset()).isEqualTo(4);
    // something of the last transaction is left
    assertThat(batchAt(5).isControl()).isTrue();
    assertThat(batchAt(5).hasDeleteHorizon()).isFalse();
  }

  @Test
  void openTransactionsAreNotTouched() {
    append(record("a", "1"));
    append(transactional(7, 0).append(1, Bytes.utf8("a"), Bytes.utf8("open")).build());
    append(record("a", "2"));
    roll();
    assertThat(clean()).isInstanceOf(CleaningStep.Done.class);
    assertThat(records()).containsKeys(0L, 1L, 2L);
    append(marker(7, true));
    roll();
    cleaned();
    assertThat(records()).containsExactly(Map.entry(2L, "a=2"));
  }

  @Test
  void theLatestBatchOfAProducerStaysWithoutRecords() {
    append(batch().producer(9, (short) 2, 0).append(1, Bytes.utf8("a"), Bytes.utf8("1")).build());
    append(batch().producer(9, (short) 2, 1).append(1, Bytes.utf8("a"), Bytes.utf8("2")).build());
    append(record("a", "3"));
    roll();
    cleaned();
    assertThat(batchAt(0).baseOffset()).isEqualTo(1);
    assertThat(batchAt(0).recordCount()).isZero();
    assertThat(batchAt(0).lastSequence()).isEqualTo(1);
    world.directory.close(-1);
    world.disk.list(world.file("")).stream()
        .filter(name -> name.endsWith(".snapshot"))
        .forEach(name -> world.disk.delete(world.file(name)));
    world.directory = world.openDirectory();
    log = world.open(SETTINGS);
    Producer producer = log.producers().iterator().next();
    assertThat(producer.lastSequence()).isEqualTo(1);
    assertThat(producer.epoch()).isEqualTo((short) 2);
  }

  @Test
  void aBatchThatLosesNothingKeepsItsBytes() {
    ByteBuffer whole =
        batch()
            .compressed(Codec.GZIP, 1)
            .append(1, Bytes.utf8("a"), Bytes.utf8("1"))
            .append(1, Bytes.utf8("b"), Bytes.utf8("1"))
            .build();
    append(whole);
    append(record("c", "1"));
    append(record("c", "2"));
    roll();
    cleaned();
    assertThat(batchAt(0).slice()).isEqualTo(whole);
  }

  @Test
  void aBatchThatLiesStaysAndStopsNothing() {
    append(record("a", "1"));
    ByteBuffer lie =
        batch()
            .compressed(Codec.LZ4)
            .append(1, Bytes.utf8("a"), Bytes.utf8("2"))
            .append(1, Bytes.utf8("b"), Bytes.utf8("2"))
            .build();
    lie.put(lie.limit() - 9, (byte) (lie.get(lie.limit() - 9) ^ 0x55));
    lie.putInt(17, RecordBatch.at(lie).computeCrc());
    append(lie);
    append(record("b", "3"));
    append(record("b", "4"));
    roll();
    cleaned();
    // what it claims about keys counts for nothing
    assertThat(batchAt(0).baseOffset()).isZero();
    assertThat(batchAt(1).slice()).isEqualTo(lie);
    assertThat(batchAt(3).baseOffset()).isEqualTo(4);
  }

  @Test
  void damageIsLeftAloneAndTold() {
    append(record("a", "1"));
    append(record("a", "2"));
    roll();
    world.disk.flip(world.file("00000000000000000000.log"), 65, 1);
    CleaningStep step = clean();
    assertThat(step).isInstanceOf(CleaningStep.Failed.class);
    assertThat(((CleaningStep.Failed) step).why()).contains("wrong crc");
    assertThat(log.startOffset()).isZero();
    assertThat(world.directory.isOnline()).isTrue();
    assertThat(world.disk.list(world.file(""))).noneMatch(name -> name.contains("cleaned"));
  }

  @Test
  void smallSegmentsBecomeOne() {
    for (int i = 0; i < 40; i++) {
      append(record("key", "x".repeat(400)));
    }
    world.settle();
    int before = log.segmentCount();
    cleaned();
    assertThat(before).isGreaterThan(15);
    assertThat(log.segmentCount()).as("each was full").isEqualTo(before);
    cleanedAgain();
    cleanedAgain();
    assertThat(log.segmentCount()).isLessThan(8);
  }

  @Test
  void aSegmentThatLosesNothingIsNotWrittenAgain() {
    append(record("a", "x".repeat(800)));
    append(record("b", "x".repeat(800)));
    append(record("c", "x".repeat(800)));
    world.settle();
    long modified = world.disk.modifiedMs(world.file("00000000000000000000.log"));
    world.owners.runMs(100);
    CleaningStep.Done done = (CleaningStep.Done) clean();
    assertThat(done.bytesAfter()).isEqualTo(done.bytesBefore());
    assertThat(world.disk.modifiedMs(world.file("00000000000000000000.log"))).isEqualTo(modified);
    assertThat(clean()).as("nothing is dirty").isInstanceOf(CleaningStep.Overtaken.class);
  }

  @Test
  void aReaderKeepsWhatItFoundOverASwap() {
    append(record("a", "1"));
    append(record("a", "2"));
    roll();
    ReadResult.Batches found = (ReadResult.Batches) log.read(0, 1000, true, Long.MAX_VALUE);
    ByteBuffer expected = LogWorld.bytes(found);
    cleaned();
    assertThat(LogWorld.bytes(found)).isEqualTo(expected);
    assertThat(world.disk.list(world.file(""))).anyMatch(name -> name.endsWith(".deleted"));
    world.owners.runMs(1000);
    assertThat(world.disk.list(world.file(""))).noneMatch(name -> name.endsWith(".deleted"));
    assertThat(LogWorld.bytes(found)).isEqualTo(expected);
  }

  @Test
  void theStartAndTheEndStay() {
    append(record("a", "1"));
    roll();
    append(record("a", "2"));
    roll();
    long end = log.endOffset();
    cleaned();
    assertThat(log.startOffset()).isZero();
    assertThat(log.endOffset()).isEqualTo(end);
    assertThat(log.read(0, 10, true, end)).isInstanceOf(ReadResult.Batches.class);
  }

  @Test
  void deletedRecordsEndACompaction() {
    for (int i = 0; i < 40; i++) {
      append(record("key", "x".repeat(400)));
    }
    world.settle();
    KeyOffsets keys = new KeyOffsets(1 << 20, 0.9, 1, 2);
    LogCompaction compaction = log.cleaning().begin(log.durableEnd(), keys, 300);
    assertThat(compaction.step()).isInstanceOf(CleaningStep.More.class);
    log.keeping().deleteRecords(20);
    assertThat(log.keeping().deleteOldSegments(log.durableEnd())).isPositive();
    world.owners.runMs(100);
    CleaningStep step = compaction.step();
    while (step instanceof CleaningStep.More) {
      step = compaction.step();
    }
    assertThat(step).isInstanceOf(CleaningStep.Overtaken.class);
    assertThat(log.startOffset()).isEqualTo(20);
    cleaned();
    assertThat(world.directory.isOnline()).isTrue();
  }

  @Test
  void truncationMakesTheRestDirtyAgain() {
    for (int i = 0; i < 20; i++) {
      append(record("key-" + i % 3, "x".repeat(200)));
    }
    world.settle();
    cleaned();
    long clean = log.context().checkpoints().cleanEnd(LogWorld.PARTITION);
    log.keeping().truncateTo(8);
    assertThat(log.context().checkpoints().cleanEnd(LogWorld.PARTITION))
        .isLessThanOrEqualTo(8)
        .isLessThan(clean);
  }

  /** A disk that fails, or is full, at each single operation of a compaction. */
  @ParameterizedTest
  @EnumSource(names = {"FAILED", "FULL"})
  void everyOperationMayFail(Kind kind) {
    boolean happened = true;
    int nth = 1;
    for (; happened; nth++) {
      world = new LogWorld(5);
      log = world.open(SETTINGS);
      for (int i = 0; i < 12; i++) {
        append(record("key-" + i % 4, "value-" + i + "x".repeat(100)));
        append(transactional(7, 2 * i).append(1, Bytes.utf8("aborted"), null).build());
        append(transactional(7, 2 * i + 1).append(1, Bytes.utf8("key-1"), null).build());
        append(marker(7, false));
      }
      roll();
      Map<String, String> expected = committed(log);
      Set<Operation> operations =
          kind == Kind.FULL ? Operation.CHANGES : EnumSet.allOf(Operation.class);
      DiskFaults.Once fault = DiskFaults.nth(nth, operations, kind);
      world.disk.faults(fault);
      clean();
      world.owners.runMs(20);
      happened = fault.happened();
      world.disk.faults(DiskFaults.none());
      if (world.directory.isOnline()) {
        assertThat(committed(log)).as("nth=%s", nth).isEqualTo(expected);
      }
      check(world.disk.crashed(Crash.losingUnsynced()), expected, nth);
      check(world.disk.crashed(Crash.ofProcess()), expected, nth);
    }
    assertThat(nth).isGreaterThan(50);
  }

  private void check(SimDisk crashed, Map<String, String> expected, int nth) {
    LogWorld next = world.on(crashed);
    PartitionLog found = next.open(SETTINGS);
    assertThat(committed(found)).as("nth=%s", nth).isEqualTo(expected);
    assertThat(next.disk.list(next.file("")))
        .as("nth=%s", nth)
        .noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
    PartitionLog before = log;
    log = found;
    next.settle();
    clean();
    assertThat(committed(found)).as("nth=%s", nth).isEqualTo(expected);
    log = before;
  }

  private static Map<String, String> committed(PartitionLog log) {
    return CleanModel.values(Committed.of(log, 0, log.lastStableOffset(log.endOffset())));
  }
}
