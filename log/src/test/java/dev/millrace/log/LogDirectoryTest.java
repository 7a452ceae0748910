package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.MetaProperties;
import dev.millrace.log.checkpoint.OffsetCheckpoint;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogDirectoryTest {
  private final LogWorld world = new LogWorld(2);

  @Test
  void belongsToOneNodeAtATime() {
    assertThatThrownBy(world::openDirectory)
        .isInstanceOfSatisfying(
            DiskException.class,
            fault -> assertThat(fault.kind()).isEqualTo(DiskException.Kind.LOCKED));
    assertThat(world.directory.identity()).isNull();
    MetaProperties identity = new MetaProperties("cluster", 1, new Uuid(3, 4));
    world.directory.identify(identity);
    assertThat(world.directory.cleanStop()).isEmpty();
    world.directory.close(17);
    world.directory = world.openDirectory();
    assertThat(world.directory.identity()).isEqualTo(identity);
    assertThat(world.directory.cleanStop()).hasValue(17);
    world.crash(Crash.losingUnsynced());
    assertThat(world.directory.cleanStop()).isEmpty();
    assertThat(world.directory.identity()).isEqualTo(identity);
  }

  @Test
  void removesALogAndMakesItAnew() {
    PartitionLog log = world.open(LogWorld.SMALL);
    LogWorld.append(log, LogWorld.batch(1, "a", "b"));
    world.settle();
    world.directory.checkpoint();
    world.directory.remove(log);
    assertThat(world.disk.list(LogWorld.PATH)).anyMatch(n -> n.matches("orders-0\\..{32}-delete"));
    AppendResult refused = log.append(LogWorld.batch(1, "c"), 0, AppendOrigin.CLIENT);
    assertThat(((AppendResult.Refused) refused).error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    Uuid again = new Uuid(70, 1);
    OpenResult.Opened anew =
        (OpenResult.Opened) world.directory.open(LogWorld.PARTITION, again, LogWorld.SMALL);
    assertThat(anew.isNew()).isTrue();
    assertThat(anew.log().endOffset()).isZero();
    world.owners.runMs(70_000);
    assertThat(world.disk.list(LogWorld.PATH)).noneMatch(name -> name.endsWith("-delete"));
    assertThat(world.directory.entries())
        .containsExactly(new LogDirectory.Entry(LogWorld.PARTITION, again));
    world.crash(Crash.ofProcess());
    assertThat(world.directory.open(LogWorld.PARTITION, LogWorld.TOPIC, LogWorld.SMALL))
        .isEqualTo(new OpenResult.OtherTopic(again));
    assertThat(world.directory.open(LogWorld.PARTITION, again, LogWorld.SMALL))
        .isInstanceOf(OpenResult.Opened.class);
  }

  @Test
  void removesACopyThatCameBackBeforeItsFilesWereGone() {
    for (int times = 0; times < 3; times++) {
      PartitionLog log = world.open(LogWorld.SMALL);
      LogWorld.append(log, LogWorld.batch(1, "a"));
      world.directory.remove(log);
      assertThat(world.directory.isOnline()).isTrue();
    }
    assertThat(world.disk.list(LogWorld.PATH)).filteredOn(n -> n.endsWith("-delete")).hasSize(3);
    world.owners.runMs(70_000);
    assertThat(world.disk.list(LogWorld.PATH)).noneMatch(name -> name.endsWith("-delete"));
  }

  @Test
  void sweepsWhatWasBeingRemoved() {
    PartitionLog log = world.open(LogWorld.SMALL);
    LogWorld.append(log, LogWorld.batch(1, "a"));
    world.settle();
    world.directory.remove(log);
    world.crash(Crash.ofProcess());
    assertThat(world.directory.entries()).isEmpty();
    assertThat(world.disk.list(LogWorld.PATH)).noneMatch(name -> name.endsWith("-delete"));
  }

  @Test
  void removesAStrayPartition() {
    world.open(LogWorld.SMALL);
    world.cleanRestart();
    List<LogDirectory.Entry> entries = world.directory.entries();
    assertThat(entries).hasSize(1);
    world.directory.removeStray(entries.getFirst());
    world.settle();
    assertThat(world.directory.entries()).isEmpty();
  }

  @Test
  void doesNotGuessWhereLogsStart() {
    world.directory.close(CleanStop.NO_EPOCH);
    WholeFile.replace(world.disk, LogWorld.PATH.resolve(OffsetCheckpoint.LOG_START), "0\n7\n");
    assertThatThrownBy(world::openDirectory).isInstanceOf(CorruptFileException.class);
    WholeFile.replace(world.disk, LogWorld.PATH.resolve(OffsetCheckpoint.LOG_START), "0\n0\n");
    world.directory = world.openDirectory();
  }

  @Test
  void aDamagedCheckpointCostsNothing() {
    PartitionLog log = world.open(LogWorld.SMALL);
    for (int i = 0; i < 5; i++) {
      LogWorld.append(log, LogWorld.batch(1, "a" + i));
    }
    world.settle();
    log.keeping().deleteRecords(3);
    for (String name : List.of(OffsetCheckpoint.LOG_START, OffsetCheckpoint.RECOVERY_POINT)) {
      world.directory.checkpoint();
      world.directory.close(CleanStop.NO_EPOCH);
      WholeFile.replace(world.disk, LogWorld.PATH.resolve(name), "\u0007\n1\norders");
      world.directory = world.openDirectory();
      log = world.open(LogWorld.SMALL);
      assertThat(log.startOffset()).as(name).isEqualTo(3);
      assertThat(log.endOffset()).as(name).isEqualTo(5);
    }
  }

  @Test
  void oneSyncServesManyAppends() {
    PartitionLog log = world.open(LogWorld.SMALL);
    LogWorld.append(log, LogWorld.batch(1, "a"));
    world.settle();
    long before = world.disk.syncs();
    for (int i = 0; i < 20; i++) {
      LogWorld.append(log, LogWorld.batch(1, "b"));
    }
    world.settle();
    assertThat(world.disk.syncs() - before).isEqualTo(1);
    assertThat(world.durable).containsExactly(1L, 21L);
  }

  @Test
  void policyMemoryNeedsNoSync() {
    PartitionLog log = world.open(LogWorld.memory(LogWorld.SMALL));
    for (int i = 0; i < 10; i++) {
      LogWorld.append(log, LogWorld.batch(1, "a"));
      assertThat(log.durableEnd()).isEqualTo(i + 1);
      world.settle();
    }
    assertThat(log.flushedEnd()).isEqualTo(1);
    log.settings(LogWorld.SMALL);
    world.settle();
    assertThat(log.durableEnd()).isEqualTo(10);
    world.crash(Crash.losingUnsynced());
    assertThat(world.open(LogWorld.SMALL).endOffset()).isEqualTo(10);
  }

  @Test
  void policyMemorySyncsAFinishedSegmentAndAtACheckpoint() {
    PartitionLog log = world.open(LogWorld.memory(LogWorld.SMALL));
    while (log.segmentCount() < 2) {
      LogWorld.append(log, LogWorld.batch(1, "value"));
    }
    world.settle();
    assertThat(log.flushedEnd()).isEqualTo(log.endOffset());
    LogWorld.append(log, LogWorld.batch(1, "value"));
    world.directory.checkpoint();
    world.settle();
    assertThat(log.flushedEnd()).isEqualTo(log.endOffset());
  }

  @Test
  void completesASwapThatWasDecided() {
    PartitionLog log = world.open(LogWorld.SMALL);
    for (int i = 0; i < 200; i++) {
      LogWorld.append(log, LogWorld.batch(1, "value " + i));
    }
    world.cleanRestart();
    world.directory.abandon();
    List<String> logs =
        world.disk.list(world.file("")).stream().filter(name -> name.endsWith(".log")).toList();
    world.disk.rename(world.file(logs.get(1)), world.file(logs.get(1) + ".swap"));
    world.disk.open(world.file(logs.get(2) + ".deleted"), Access.WRITE).close();
    world.directory = world.openDirectory();
    log = world.open(LogWorld.SMALL);
    assertThat(LogWorld.baseOffsets(log)).hasSize(200);
    assertThat(world.disk.list(world.file(""))).noneMatch(n -> n.matches(".*(swap|deleted)"));
  }

  @Test
  void manyPartitions() {
    for (int i = 0; i < 50; i++) {
      OpenResult result =
          world.directory.open(new TopicPartition("many", i), LogWorld.TOPIC, LogWorld.SMALL);
      LogWorld.append(((OpenResult.Opened) result).log(), LogWorld.batch(1, "x"));
    }
    world.settle();
    assertThat(world.directory.logs()).allMatch(log -> log.durableEnd() == 1);
    world.cleanRestart();
    assertThat(world.directory.entries()).hasSize(50);
  }
}
