package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes that change or vanish behind our back. */
class DamageTest {
  private static final String FIRST = "00000000000000000000";

  private final LogWorld world = new LogWorld(7);

  private PartitionLog written(int batches) {
    PartitionLog log = world.open(LogWorld.SMALL);
    for (int i = 0; i < batches; i++) {
      LogWorld.append(log, LogWorld.batch(1000 + i, "value " + i));
    }
    world.settle();
    assertThat(log.durableEnd()).isEqualTo(batches);
    return log;
  }

  private String damage(SimDisk disk) {
    LogWorld next = world.on(disk);
    OpenResult result = next.directory.open(LogWorld.PARTITION, LogWorld.TOPIC, LogWorld.SMALL);
    assertThat(result).isInstanceOf(OpenResult.Damaged.class);
    return ((OpenResult.Damaged) result).what();
  }

  /** The directory of one partition does not keep the others from being found. */
  @Test
  void aDamagedTopicIdIsTheMatterOfItsPartitionAlone() {
    written(2);
    SimDisk killed = world.disk.crashed(Crash.ofProcess());
    Path metadata = world.file("partition.metadata");
    long idAt = killed.size(metadata) - 3;
    killed.flip(metadata, idAt, 0x80);
    LogWorld next = world.on(killed);
    assertThat(next.directory.entries())
        .containsExactly(new LogDirectory.Entry(LogWorld.PARTITION, null));
    assertThat(next.directory.open(LogWorld.PARTITION, LogWorld.TOPIC, LogWorld.SMALL))
        .isInstanceOf(OpenResult.Damaged.class);
  }

  @Test
  void everyFlippedBitOfAcknowledgedRecordsIsNoticedAfterAKill() {
    written(4);
    long size = world.disk.size(world.file(FIRST + ".log"));
    for (long at = 0; at < size; at++) {
      SimDisk killed = world.disk.crashed(Crash.ofProcess());
      killed.flip(world.file(FIRST + ".log"), at, 4);
      boolean isOutsideOfTheCrc = at % (size / 4) >= 12 && at % (size / 4) < 16;
      if (!isOutsideOfTheCrc) {
        assertThat(damage(killed)).contains("durableEnd=4");
      }
    }
  }

  @Test
  void whatIsNotAcknowledgedIsCut() {
    PartitionLog log = written(4);
    long size = world.disk.size(world.file(FIRST + ".log"));
    LogWorld.append(log, LogWorld.batch(1, "not synced"));
    LogWorld.append(log, LogWorld.batch(1, "nor this"));
    world.disk.flip(world.file(FIRST + ".log"), size + 70, 1);
    world.crash(Crash.ofProcess());
    log = world.open(LogWorld.SMALL);
    assertThat(log.endOffset()).isEqualTo(4);
    assertThat(world.disk.size(world.file(FIRST + ".log"))).isEqualTo(size);
  }

  @Test
  void missingBytesAreNoticed() {
    written(200);
    SimDisk shorter = world.disk.crashed(Crash.ofProcess());
    try (DiskFile file = shorter.open(world.file(FIRST + ".log"), Access.WRITE)) {
      file.truncate(file.size() - 1);
    }
    assertThat(damage(shorter)).contains("cut short");
    SimDisk without = world.disk.crashed(Crash.ofProcess());
    List<String> logs =
        without.list(world.file("")).stream().filter(name -> name.endsWith(".log")).toList();
    without.delete(world.file(logs.getLast()));
    assertThat(damage(without)).contains("are missing");
    SimDisk hole = world.disk.crashed(Crash.ofProcess());
    hole.delete(world.file(logs.get(1)));
    assertThat(damage(hole)).contains("does not continue");
    world.cleanRestart();
    world.directory.abandon();
    world.disk.delete(world.file(logs.getLast()));
    assertThat(damage(world.disk)).contains("are missing");
  }

  @Test
  void damageThatIsMetByAReadIsRemembered() {
    written(100);
    world.cleanRestart();
    PartitionLog log = world.open(LogWorld.SMALL);
    world.disk.flip(world.file(FIRST + ".log"), 16, 1);
    assertThat(log.read(0, 100, true, 100)).isInstanceOf(ReadResult.Failed.class);
    assertThat(log.damage()).contains("magic");
    assertThat(world.directory.isOnline()).isTrue();
    world.cleanRestart();
    assertThat(damage(world.disk.crashed(Crash.ofProcess()))).contains("magic");
  }

  @Test
  void lostAndBrokenSideFilesAreMadeAgain() {
    PartitionLog log = written(300);
    log.startEpoch(1);
    for (int i = 0; i < 7; i++) {
      log.append(LogWorld.idempotent(3, 0, i, 1), 1, AppendOrigin.CLIENT);
    }
    world.cleanRestart();
    world.directory.abandon();
    for (String name : world.disk.list(world.file(""))) {
      Path path = world.file(name);
      if (!name.endsWith(".log") && !name.equals("partition.metadata")) {
        checkWithout(path, disk -> disk.delete(path));
        if (world.disk.size(path) > 5 && !name.endsWith("index")) {
          checkWithout(path, disk -> disk.flip(path, 4, 64));
        }
        if (name.endsWith("index")) {
          checkWithout(path, disk -> overwrite(disk, path));
        }
      }
    }
  }

  private static void overwrite(SimDisk disk, Path path) {
    try (DiskFile file = disk.open(path, Access.WRITE)) {
      ByteBuffer junk = ByteBuffer.allocate((int) file.size() + 5);
      while (junk.hasRemaining()) {
        junk.put((byte) 0x55);
      }
      file.write(junk.flip(), 0);
    }
  }

  private interface Harm {
    void to(SimDisk disk);
  }

  private void checkWithout(Path path, Harm harm) {
    SimDisk disk = world.disk.crashed(Crash.ofProcess());
    harm.to(disk);
    LogWorld next = world.on(disk);
    PartitionLog log = next.open(LogWorld.SMALL);
    assertThat(LogWorld.baseOffsets(log)).as("without %s", path).hasSize(307);
    assertThat(log.epochs().starts()).as("without %s", path).hasSize(2);
    assertThat(log.producers()).as("without %s", path).hasSize(1);
    assertThat(log.producers().iterator().next().batches()).as("without %s", path).hasSize(5);
  }

  @Test
  void otherLogsGoOn() {
    written(10);
    PartitionLog other =
        ((OpenResult.Opened)
                world.directory.open(LogWorld.PARTITION_1, LogWorld.TOPIC, LogWorld.SMALL))
            .log();
    LogWorld.append(other, LogWorld.batch(1, "x"));
    world.settle();
    world.disk.flip(world.file(FIRST + ".log"), 100, 1);
    world.crash(Crash.ofProcess());
    assertThat(world.directory.open(LogWorld.PARTITION, LogWorld.TOPIC, LogWorld.SMALL))
        .isInstanceOf(OpenResult.Damaged.class);
    OpenResult result = world.directory.open(LogWorld.PARTITION_1, LogWorld.TOPIC, LogWorld.SMALL);
    assertThat(((OpenResult.Opened) result).log().endOffset()).isEqualTo(1);
  }
}
