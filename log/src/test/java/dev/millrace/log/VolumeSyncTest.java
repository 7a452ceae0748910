package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.log.checkpoint.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rounds of group sync in which many logs have something to sync. */
class VolumeSyncTest {
  private static final int LOGS = 12;
  private static final int ROUNDS_TO_LEARN = 4;

  private LogWorld world = new LogWorld(3);
  private final List<PartitionLog> logs = new ArrayList<>();

  @Test
  void syncsManyLogsAtOnce() {
    openAll();
    rounds(ROUNDS_TO_LEARN);
    long before = world.disk.syncs();
    rounds(3);
    assertThat(world.disk.syncs() - before).isEqualTo(3);
    assertThat(logs).allSatisfy(log -> assertThat(log.durableEnd()).isEqualTo(log.endOffset()));
    assertThat(world.durable).hasSize(LOGS * (ROUNDS_TO_LEARN + 3));
  }

  @Test
  void whatWasReportedSurvivesTheCrash() {
    openAll();
    rounds(ROUNDS_TO_LEARN + 2);
    logs.forEach(log -> LogWorld.append(log, LogWorld.batch(10, "lost")));
    world.crash(Crash.losingUnsynced());
    logs.clear();
    openAll();
    assertThat(logs)
        .allSatisfy(
            log -> assertThat(LogWorld.baseOffsets(log)).hasSize(ROUNDS_TO_LEARN + 2).isSorted());
  }

  @Test
  void aVolumeThatFailsAcknowledgesNothing() {
    openAll();
    rounds(ROUNDS_TO_LEARN);
    int reported = world.durable.size();
    world.disk.faults(DiskFaults.every(Set.of(Operation.SYNC), Kind.FAILED));
    rounds(1);
    assertThat(world.offline).hasSize(1);
    assertThat(world.durable).hasSize(reported);
    assertThat(logs).allSatisfy(log -> assertThat(log.flushedEnd()).isEqualTo(ROUNDS_TO_LEARN));
  }

  @ParameterizedTest
  @CsvSource({"FAILED, 0", "FULL, 0", "FAILED, 65536", "FULL, 65536"})
  void whateverFailsNothingThatWasPromisedIsLost(Kind kind, int journalBytes) {
    boolean happened = true;
    int nth = 1;
    for (; happened; nth++) {
      world = new LogWorld(3, journalBytes);
      logs.clear();
      openAll(3);
      DiskFaults.Once fault = DiskFaults.nth(nth, Operation.CHANGES, kind);
      world.disk.faults(fault);
      for (int epoch = 0; epoch < 5; epoch++) {
        for (PartitionLog log : logs) {
          log.startEpoch(epoch);
        }
        rounds(1);
      }
      happened = fault.happened();
      List<Long> promised = logs.stream().map(PartitionLog::flushedEnd).toList();
      world.disk.faults(DiskFaults.none());
      world.crash(Crash.losingUnsynced());
      logs.clear();
      openAll(3);
      for (int i = 0; i < promised.size(); i++) {
        assertThat(logs.get(i).endOffset())
            .as("nth=%s log=%s", nth, i)
            .isGreaterThanOrEqualTo(promised.get(i));
      }
    }
    assertThat(nth).isGreaterThan(30);
  }

  @Test
  void theCheaperWayIsLearned() {
    SyncCosts costs = new SyncCosts();
    assertThat(costs.isWholeCheaper(1)).isFalse();
    for (int i = 0; i < 50; i++) {
      costs.whole(80_000_000);
    }
    assertThat(costs.isWholeCheaper(16)).isFalse();
    int rounds = 0;
    while (!costs.isWholeCheaper(16)) {
      costs.oneByOne(16, 16 * 300_000);
      rounds++;
    }
    assertThat(rounds).isBetween(50, 500);
  }

  private void openAll() {
    openAll(LOGS);
  }

  private void openAll(int count) {
    for (int i = 0; i < count; i++) {
      TopicPartition partition = new TopicPartition("orders", i);
      OpenResult result = world.directory.open(partition, LogWorld.TOPIC, LogWorld.SMALL);
      assertThat(result).isInstanceOf(OpenResult.Opened.class);
      logs.add(((OpenResult.Opened) result).log());
    }
    world.settle();
  }

  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      for (PartitionLog log : logs) {
        log.append(LogWorld.batch(10, "value"), 0, AppendOrigin.CLIENT);
      }
      world.settle();
    }
  }
}
