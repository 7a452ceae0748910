package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.log.AppendOrigin;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.RemoveTopicRecord;
import dev.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionsTest {
  private final World world = new World(3, "/one", "/two").start();

  @Test
  void partitionsAreSpreadOverTheDirectories() {
    world.createTopic("a", 3);
    world.createTopic("b", 5);
    assertThat(world.partitions.directories())
        .extracting(directory -> directory.partitions().size())
        .containsExactly(4, 4);
    world.stop();
    world.start();
    assertThat(world.partitions.directories())
        .extracting(directory -> directory.partitions().size())
        .containsExactly(4, 4);
    assertThat(world.partition("b", 4).isOpen()).isTrue();
  }

  @Test
  void whatIsAbsentSaysWhy() {
    Uuid id = world.createTopic("a", 1);
    assertThat(world.partitions.find("a", 0)).isSameAs(world.partitions.find(id, 0));
    assertThat(world.partitions.find("a", 1)).isNull();
    assertThat(world.partitions.find("a", -1)).isNull();
    assertThat(world.partitions.whyAbsent("a", 1)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(world.partitions.whyAbsent("b", 0)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(world.partitions.whyAbsent(new Uuid(3, 3), 0)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    assertThat(world.partitions.whyAbsent(id, 5)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }

  @Test
  void aDeletedTopicLeavesNothingAndItsNameIsFree() {
    Uuid old = world.createTopic("a", 1, "file.delete.delay.ms", "1000");
    Partition before = world.partition("a", 0);
    world.append(before, "old");
    List<ErrorCode> settled = new ArrayList<>();
    before.whenCommitted(99, settled::add);
    world.deleteTopic(old);
    assertThat(settled).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(before.isOpen()).isFalse();
    assertThat(world.partitions.find("a", 0)).isNull();

    world.createTopic("a", 1);
    Partition after = world.partition("a", 0);
    assertThat(after.bounds().highWatermark()).isZero();
    world.append(after, "new");
    world.owners.runMs(2_000);
    assertThat(World.values(after, 0)).containsExactly("new");
    assertThat(files("/one")).noneMatch(name -> name.endsWith("-delete"));
    assertThat(files("/two")).noneMatch(name -> name.endsWith("-delete"));
  }

  @Test
  void filesOfATopicThatIsGoneAreRemovedAtTheNextStart() {
    world.createTopic("kept", 1);
    Uuid gone = world.createTopic("gone", 1);
    world.append(world.partition("gone", 0), "x");
    world.owners.runMs(100);
    world.machine.crash();
    world.image = without(gone);
    world.crash(Crash.ofProcess());
    world.start();
    world.owners.runMs(100);
    assertThat(all()).contains("kept-0").noneMatch(name -> name.startsWith("gone"));
  }

  @Test
  void anImageWithoutTopicsRemovesNothing() {
    Uuid gone = world.createTopic("gone", 1);
    world.append(world.partition("gone", 0), "x");
    world.owners.runMs(100);
    world.image = without(gone);
    world.crash(Crash.ofProcess());
    world.start();
    world.owners.runMs(100);
    assertThat(all()).contains("gone-0");
  }

  @Test
  void anOfflineDirectoryTakesItsOwnPartitionsAlone() {
    world.createTopic("a", 2);
    Path failing = Path.of("/one");
    world.disk.faults(
        (operation, path) -> path.startsWith(failing) ? DiskException.Kind.FAILED : null);
    List<Partition> both = List.of(world.partition("a", 0), world.partition("a", 1));
    both.forEach(one -> one.append(world.batch("x"), AppendOrigin.CLIENT, false));
    world.owners.runMs(100);
    world.disk.faults(DiskFaults.none());
    assertThat(both)
        .extracting(one -> one.leaderError(-1))
        .containsExactlyInAnyOrder(ErrorCode.NONE, ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(world.partitions.directories())
        .extracting(DirectoryReport::error)
        .containsExactly(ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.NONE);
    world.createTopic("b", 2);
    assertThat(world.partition("b", 1).leaderError(-1)).isEqualTo(ErrorCode.NONE);
  }

  /** A new copy, and one that needs room to be opened after a crash. */
  @Test
  void whatADiskHasNoRoomForIsOpenedOnceItHas() {
    world.createTopic("a", 2, "segment.bytes", "1048576");
    Partition before = world.partition("a", 0);
    world.append(before, "x");
    world.owners.runMs(100);
    world.crash(Crash.ofProcess());
    world.disk.capacityBytes(0);
    world.start();
    world.createTopic("b", 2);
    assertThat(world.partitions.find("b", 0)).isNull();
    assertThat(world.partitions.whyAbsent("b", 0)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    world.owners.runMs(60_000);
    assertThat(world.partitions.find("b", 1)).isNull();
    world.disk.capacityBytes(Long.MAX_VALUE);
    world.owners.runMs(20_000);
    for (int i = 0; i < 2; i++) {
      assertThat(world.partition("a", i).leaderError(-1)).isEqualTo(ErrorCode.NONE);
      assertThat(world.partition("b", i).leaderError(-1)).isEqualTo(ErrorCode.NONE);
      world.append(world.partition("b", i), "y");
    }
    world.owners.runMs(100);
    assertThat(World.values(world.partition("a", 0), 0)).containsExactly("x");
    assertThat(World.values(world.partition("b", 1), 0)).containsExactly("y");
  }

  /** That is how people make room. */
  @Test
  void aTopicIsDeletedFromAFullDisk() {
    Uuid id = world.createTopic("a", 2, "file.delete.delay.ms", "1000");
    world.createTopic("b", 2);
    for (int i = 0; i < 2; i++) {
      world.append(world.partition("a", i), "x");
      world.append(world.partition("b", i), "y");
    }
    world.owners.runMs(120_000);
    world.disk.capacityBytes(0);
    world.deleteTopic(id);
    world.owners.runMs(120_000);
    assertThat(all()).noneMatch(name -> name.startsWith("a"));
    world.disk.capacityBytes(Long.MAX_VALUE);
    assertThat(world.partition("b", 1).leaderError(-1)).isEqualTo(ErrorCode.NONE);
    world.createTopic("a", 2);
    world.append(world.partition("a", 0), "new");
    world.owners.runMs(100);
    assertThat(World.values(world.partition("a", 0), 0)).containsExactly("new");
    world.crash(Crash.ofProcess());
    world.start();
    assertThat(World.values(world.partition("a", 0), 0)).containsExactly("new");
  }

  @Test
  void aDamagedPartitionIsNotServed() {
    world.createTopic("a", 2);
    world.append(world.partition("a", 0), "one");
    world.append(world.partition("a", 0), "two");
    world.owners.runUntil(() -> world.partition("a", 0).bounds().highWatermark() == 2, 1_000);
    Path log = world.partition("a", 0).log().sizeBytes() > 0 ? path("a-0") : Path.of("/");
    world.crash(Crash.ofProcess());
    world.disk.flip(log.resolve("00000000000000000000.log"), 30, 0xff);
    world.start();
    assertThat(world.partitions.find("a", 0)).isNull();
    assertThat(world.partitions.whyAbsent("a", 0)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(world.partition("a", 1).leaderError(-1)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void settingsAreAppliedWhileTheNodeRuns() {
    world.createTopic("a", 1);
    Partition partition = world.partition("a", 0);
    assertThat(partition.batchRules().needsKeys()).isFalse();
    world.commit(World.setting("a", "cleanup.policy", "compact"));
    world.applied();
    assertThat(partition.batchRules().needsKeys()).isTrue();
    world.commit(
        ConfigRecord.builder()
            .resourceType((byte) 4)
            .resourceName("")
            .name("message.max.bytes")
            .value("777")
            .build());
    world.applied();
    assertThat(partition.batchRules().batchBytesMax()).isEqualTo(777);
  }

  @Test
  void oldSegmentsGoByTheClockOfTheirRecords() {
    world.createTopic("a", 1, "segment.bytes", "1048576", "retention.ms", "1000000");
    Partition partition = world.partition("a", 0);
    String large = "x".repeat(400_000);
    for (int i = 0; i < 8; i++) {
      world.append(partition, large);
    }
    world.owners.runMs(400_000);
    assertThat(partition.bounds().logStartOffset()).isZero();
    world.owners.runMs(1_000_000);
    assertThat(partition.bounds().logStartOffset()).isEqualTo(8);
    assertThat(partition.read(World.query(3)))
        .isEqualTo(new ReadOutcome.Failed(ErrorCode.OFFSET_OUT_OF_RANGE));
    world.append(partition, "y");
    world.owners.runUntil(() -> partition.bounds().highWatermark() == 9, 1_000);
    assertThat(World.values(partition, 8)).containsExactly("y");
  }

  @Test
  void aNewSegmentWakesWhoeverWaitsForManyBytes() {
    world.createTopic("a", 1, "segment.bytes", "1048576", "flush.policy", "memory");
    Partition partition = world.partition("a", 0);
    PartitionTest.Counting reader = new PartitionTest.Counting();
    partition.whenReadable(reader, false, 0);
    world.append(partition, "x".repeat(600_000));
    assertThat(reader.disturbed).isZero();
    world.append(partition, "x".repeat(600_000));
    assertThat(reader.disturbed).isPositive();
  }

  @Test
  void aNewLeaderTellsTheEndOnlyWhenItKnowsIt() {
    Uuid id = world.createTopic("a", 1);
    Partition partition = world.partition("a", 0);
    world.append(partition, "x");
    OffsetQuery latest = new OffsetQuery(OffsetQuery.LATEST, -1, OffsetQuery.Limit.HIGH_WATERMARK);
    assertThat(partition.offset(latest).offset()).isZero();
    world.commit(World.leader(id, 0, World.NODE));
    partition.assign(world.image.partition(id, 0), World.NODE);
    assertThat(partition.offset(latest).error()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
    assertThat(partition.offset(new OffsetQuery(5, -1, OffsetQuery.Limit.HIGH_WATERMARK)).error())
        .isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
    world.owners.runUntil(() -> partition.bounds().highWatermark() == 1, 1_000);
    assertThat(partition.offset(latest).offset()).isEqualTo(1);
    assertThat(partition.offset(latest).leaderEpoch()).isEqualTo(1);
    assertThat(id).isEqualTo(partition.id().topicId());
  }

  private ClusterImage without(Uuid topic) {
    Replay replay = new Replay(world.image);
    replay.apply(RemoveTopicRecord.builder().topicId(topic).build());
    return replay.finish(world.image.offset() + 1, 1).image();
  }

  private Path path(String partition) {
    Path one = Path.of("/one").resolve(partition);
    return world.disk.exists(one) ? one : Path.of("/two").resolve(partition);
  }

  private List<String> all() {
    List<String> all = new ArrayList<>(files("/one"));
    all.addAll(files("/two"));
    return all;
  }

  private List<String> files(String directory) {
    return world.disk.list(Path.of(directory));
  }
}
