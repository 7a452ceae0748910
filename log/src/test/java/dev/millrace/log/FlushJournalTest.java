package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.journal.JournalFile;
import dev.millrace.log.journal.JournalReader;
import dev.millrace.log.journal.JournalReader.WholeFrame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Logs whose newest batches are on disk in the flush journal first. */
class FlushJournalTest {
  private static final int LOGS = 6;
  private static final int BYTES = 1 << 20;
  private static final Path JOURNAL = LogWorld.PATH.resolve(JournalFile.NAME);

  private final LogWorld world = new LogWorld(11, BYTES);
  private final List<PartitionLog> logs = new ArrayList<>();

  @Test
  void oneWriteIsEnoughForManyLogs() {
    openAll();
    rounds(2);
    long before = world.disk.syncs();
    rounds(3);
    assertThat(world.disk.syncs() - before).isEqualTo(3);
    assertThat(logs).allSatisfy(log -> assertThat(log.flushedEnd()).isEqualTo(5));
    assertThat(logs).allSatisfy(log -> assertThat(unsyncedBytes(log)).isPositive());
    assertThat(frames()).hasSize(4);
  }

  @Test
  void whatIsInTheJournalSurvivesAPowerCutAndAnother() {
    openAll();
    rounds(5);
    append("lost");
    crash(Crash.losingUnsynced());
    assertThat(logs).allSatisfy(log -> assertThat(log.flushedEnd()).isEqualTo(5));
    assertThat(logs).allSatisfy(log -> assertThat(LogWorld.baseOffsets(log)).hasSize(5));
    assertThat(frames()).isEmpty();
    crash(Crash.losingUnsynced());
    assertThat(logs).allSatisfy(log -> assertThat(LogWorld.baseOffsets(log)).hasSize(5));
  }

  @Test
  void whatAKilledProcessLeftIsLastingAfterTheNextStart() {
    openAll();
    rounds(5);
    crash(Crash.ofProcess());
    crash(Crash.losingUnsynced());
    assertThat(logs).allSatisfy(log -> assertThat(LogWorld.baseOffsets(log)).hasSize(5));
  }

  @Test
  void theFilesAreSyncedInTheBackground() {
    openAll();
    rounds(5);
    world.owners.runMs(FlushJournal.SETTLE_MS + 10);
    assertThat(logs).allSatisfy(log -> assertThat(unsyncedBytes(log)).isZero());
    assertThat(frames()).isEmpty();
    assertThat(world.offline).isEmpty();
  }

  @Test
  void theJournalIsUsedRoundAndRound() {
    openAll();
    String value = "v".repeat(40_000);
    for (int i = 0; i < 30; i++) {
      append(value);
      world.settle();
    }
    assertThat(world.disk.size(JOURNAL)).isLessThanOrEqualTo(BYTES);
    assertThat(logs).allSatisfy(log -> assertThat(log.flushedEnd()).isEqualTo(30));
    crash(Crash.losingUnsynced());
    assertThat(logs).allSatisfy(log -> assertThat(LogWorld.baseOffsets(log)).hasSize(30));
  }

  @Test
  void aCleanStopLeavesAnEmptyJournalAndCompleteFiles() {
    openAll();
    rounds(5);
    world.directory.close(-1);
    assertThat(frames()).isEmpty();
    assertThat(logs).allSatisfy(log -> assertThat(unsyncedBytes(log)).isZero());
  }

  @Test
  void whatAnotherProgramLeftInOrderIsNotTouched() {
    openAll();
    rounds(5);
    world.disk = world.disk.crashed(Crash.losingUnsynced());
    CleanStop.mark(world.disk, LogWorld.PATH, 3);
    reopen();
    assertThat(logs).allSatisfy(log -> assertThat(log.endOffset()).isEqualTo(1));
    assertThat(frames()).isEmpty();
  }

  @Test
  void nothingIsPutBackOverBatchesOfOthers() {
    openAll();
    rounds(3);
    world.disk = world.disk.crashed(Crash.losingUnsynced());
    Path path = logs.getFirst().files().path(0, ".log");
    ByteBuffer foreign = LogWorld.batch(11, "other");
    foreign.putLong(0, 1);
    try (DiskFile file = world.disk.open(path, Access.WRITE)) {
      file.write(foreign, file.size());
      file.sync();
    }
    reopen();
    assertThat(logs.getFirst().endOffset()).isEqualTo(2);
    assertThat(logs.getLast().endOffset()).isEqualTo(3);
  }

  @Test
  void whatWasTakenBackStaysAway() {
    openAll();
    rounds(5);
    PartitionLog log = logs.getFirst();
    assertThat(log.keeping().truncateTo(2)).isTrue();
    crash(Crash.losingUnsynced());
    assertThat(logs.getFirst().endOffset()).isEqualTo(2);
    assertThat(logs.getLast().endOffset()).isEqualTo(5);
  }

  @Test
  void whatATruncationLeavesIsInTheFiles() {
    openAll();
    PartitionLog log = logs.getFirst();
    log.settings(LogWorld.SMALL);
    rounds(3);
    for (int i = 0; i < 30; i++) {
      LogWorld.append(log, LogWorld.batch(10, "v".repeat(300)));
      world.settle();
    }
    assertThat(log.segmentCount()).isGreaterThan(1);
    assertThat(log.keeping().truncateTo(32)).isTrue();
    crash(Crash.losingUnsynced());
    assertThat(LogWorld.baseOffsets(logs.getFirst())).hasSize(32);
  }

  @Test
  void aTopicThatIsMadeAnewGetsNothingOfTheFormer() {
    openAll();
    rounds(5);
    TopicPartition partition = logs.getFirst().partition();
    world.directory.remove(logs.getFirst());
    Uuid next = new Uuid(8, 8);
    PartitionLog fresh = open(partition, next);
    LogWorld.append(fresh, LogWorld.batch(10, "first"));
    world.settle();
    world.disk = world.disk.crashed(Crash.losingUnsynced());
    world.directory = world.openDirectory();
    fresh = open(partition, next);
    assertThat(LogWorld.baseOffsets(fresh)).hasSize(1);
  }

  @Test
  void aFailedWriteAcknowledgesNothing() {
    openAll();
    rounds(3);
    int reported = world.durable.size();
    world.disk.faults(DiskFaults.every(Set.of(Operation.WRITE_BLOCKS), Kind.FAILED));
    rounds(1);
    assertThat(world.offline).hasSize(1);
    assertThat(world.durable).hasSize(reported);
  }

  @Test
  void whereTheJournalIsFullEachLogIsSynced() {
    openAll();
    rounds(3);
    world.disk.faults(DiskFaults.every(Set.of(Operation.WRITE_BLOCKS), Kind.FULL));
    rounds(1);
    assertThat(world.offline).isEmpty();
    assertThat(logs).allSatisfy(log -> assertThat(log.flushedEnd()).isEqualTo(4));
    assertThat(logs).allSatisfy(log -> assertThat(unsyncedBytes(log)).isZero());
  }

  @Test
  void aTornHeaderLeavesTheOther() {
    openAll();
    rounds(3);
    world.disk.flip(JOURNAL, 20, 1);
    crash(Crash.losingUnsynced());
    assertThat(logs).allSatisfy(log -> assertThat(log.endOffset()).isEqualTo(3));
  }

  @Test
  void aJournalWithoutAHeaderIsTold() {
    openAll();
    rounds(3);
    world.disk.flip(JOURNAL, 20, 1);
    world.disk.flip(JOURNAL, 4096 + 20, 1);
    world.disk = world.disk.crashed(Crash.losingUnsynced());
    assertThatThrownBy(world::openDirectory)
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("flush journal");
  }

  @Test
  void aFrameThatIsDamagedInFrontOfOthersIsTold() {
    openAll();
    rounds(4);
    world.disk.flip(JOURNAL, frames().get(1).at() + 200, 4);
    world.disk = world.disk.crashed(Crash.losingUnsynced());
    assertThatThrownBy(world::openDirectory)
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("flush journal is damaged");
  }

  @Test
  void whatComesFastIsWrittenOnce() {
    FlushRate rate = new FlushRate(0);
    long nanos = 0;
    for (int i = 0; i < 200; i++) {
      assertThat(rate.isHigh(100_000, nanos += 1_000_000)).isFalse();
    }
    for (int i = 0; i < 200; i++) {
      rate.isHigh(300_000, nanos += 1_000_000);
    }
    assertThat(rate.isHigh(300_000, nanos)).isTrue();
    assertThat(rate.isHigh(1, nanos + 1_000_000_000)).isFalse();
  }

  private void openAll() {
    logs.clear();
    for (int i = 0; i < LOGS; i++) {
      logs.add(open(new TopicPartition("orders", i), LogWorld.TOPIC));
    }
    world.settle();
  }

  private PartitionLog open(TopicPartition partition, Uuid topicId) {
    OpenResult result = world.directory.open(partition, topicId, LogSettings.DEFAULT);
    assertThat(result).isInstanceOf(OpenResult.Opened.class);
    return ((OpenResult.Opened) result).log();
  }

  private void crash(Crash crash) {
    world.disk = world.disk.crashed(crash);
    reopen();
  }

  private void reopen() {
    world.directory = world.openDirectory();
    openAll();
  }

  private void append(String value) {
    logs.forEach(log -> LogWorld.append(log, LogWorld.batch(10, value)));
  }

  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      append("value");
      world.settle();
    }
  }

  private long unsyncedBytes(PartitionLog log) {
    return world.disk.unsyncedBytes(log.files().path(0, ".log"));
  }

  private List<WholeFrame> frames() {
    try (DiskFile file = world.disk.open(JOURNAL, Access.READ)) {
      return JournalReader.open(file, JOURNAL).frames();
    }
  }
}
