package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.AppendOrigin;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Compaction as a node does it: when, how fast, and with which settings. */
class CleanerTest {
  private static final String[] COMPACTED = {
    "cleanup.policy", "compact", "segment.ms", "1000", "min.cleanable.dirty.ratio", "0.1"
  };

  private final World world = new World(17, "/data").with("log.cleaner.backoff.ms", "500").start();
  private Cleaner cleaner = cleaner();

  private Cleaner cleaner() {
    return new Cleaner(
        world.partitions,
        world.machine.owner("keeper-2"),
        index -> world.machine.owner("cleaner-" + index),
        world.owners.clock(),
        world.owners.random("secrets"));
  }

  private Partition topic(String... settings) {
    world.createTopic("changes", 1, settings);
    return world.partition("changes", 0);
  }

  /** Updates of a few keys, in many segments. */
  private void update(Partition partition, int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (int key = 0; key < 10; key++) {
        append(partition, "key-" + key, "value-" + round);
      }
      world.owners.runMs(300);
    }
    world.owners.runMs(2000);
    append(partition, "key-active", "0");
    world.owners.runMs(10);
  }

  private void append(Partition partition, String key, String value) {
    BatchBuilder builder = BatchBuilder.from(0);
    builder.append(world.owners.clock().wallMs(), Bytes.utf8(key), Bytes.utf8(value));
    RecordBatch batch = RecordBatch.at(builder.build());
    AppendOutcome outcome = partition.append(batch, AppendOrigin.CLIENT, true);
    assertThat(outcome).isInstanceOf(AppendOutcome.Appended.class);
  }

  /** Keys of the records in their order. */
  private static List<String> keys(Partition partition) {
    List<String> keys = new ArrayList<>();
    values(partition, keys);
    return keys;
  }

  private static Map<String, String> values(Partition partition, List<String> keys) {
    Map<String, String> values = new TreeMap<>();
    long offset = 0;
    while (offset < partition.bounds().highWatermark()) {
      ReadOutcome.Found found = (ReadOutcome.Found) partition.read(World.query(offset));
      for (RecordBatch batch : BatchCursor.batches(World.bytes(found.records()))) {
        try (RecordCursor records = batch.records()) {
          while (records.next()) {
            String key = StandardCharsets.UTF_8.decode(records.key()).toString();
            keys.add(key);
            ByteBuffer value = records.value();
            values.put(key, value == null ? "" : StandardCharsets.UTF_8.decode(value).toString());
          }
        }
        offset = batch.nextOffset();
      }
    }
    return values;
  }

  @Test
  void keepsTheLatestRecordOfEachKey() {
    Partition partition = topic(COMPACTED);
    update(partition, 20);
    Bounds before = partition.bounds();
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(11).doesNotHaveDuplicates();
    Map<String, String> values = values(partition, new ArrayList<>());
    assertThat(values).containsEntry("key-3", "value-19").containsEntry("key-active", "0");
    assertThat(partition.bounds().highWatermark()).isEqualTo(before.highWatermark());
    assertThat(partition.bounds().logStartOffset()).isZero();
    assertThat(cleaner.numbers().compactions()).isPositive();
    assertThat(cleaner.numbers().bytesSaved()).isPositive();
    assertThat(cleaner.numbers().uncleanable()).isZero();
  }

  @Test
  void survivesACrash() {
    Partition partition = topic(COMPACTED);
    update(partition, 20);
    world.owners.runMs(60_000);
    long end = partition.bounds().highWatermark();
    world.crash(Crash.losingUnsynced());
    world.start();
    partition = world.partition("changes", 0);
    world.owners.runMs(100);
    assertThat(partition.bounds().highWatermark()).isEqualTo(end);
    assertThat(keys(partition)).hasSize(11).doesNotHaveDuplicates();
  }

  @Test
  void waitsForTheDirtyRatio() {
    Partition partition = topic("cleanup.policy", "compact", "segment.ms", "1000");
    set("min.cleanable.dirty.ratio", "1");
    update(partition, 20);
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(201);
    set("min.cleanable.dirty.ratio", "0.5");
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(11);
  }

  @Test
  void cleansWhatIsOverdueWhateverTheRatio() {
    Partition partition = topic("cleanup.policy", "compact", "segment.ms", "1000");
    set("min.cleanable.dirty.ratio", "1");
    update(partition, 20);
    set("max.compaction.lag.ms", "5000");
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(11);
  }

  @Test
  void leavesYoungRecordsAlone() {
    Partition partition = topic(COMPACTED);
    set("min.compaction.lag.ms", "3600000");
    update(partition, 20);
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(201);
    world.owners.runMs(3_600_000);
    assertThat(keys(partition)).hasSize(11);
  }

  @Test
  void tombstonesGoAfterTheirTime() {
    Partition partition = topic(COMPACTED);
    update(partition, 3);
    BatchBuilder tombstone = BatchBuilder.from(0);
    tombstone.append(world.owners.clock().wallMs(), Bytes.utf8("key-3"), null);
    partition.append(RecordBatch.at(tombstone.build()), AppendOrigin.CLIENT, true);
    update(partition, 3);
    world.owners.runMs(60_000);
    assertThat(keys(partition)).contains("key-3");
    // what it took away before stays away, what came after it stays
    set("delete.retention.ms", "1000");
    delete(partition, "key-4");
    world.owners.runMs(60_000);
    delete(partition, "key-5");
    world.owners.runMs(60_000);
    assertThat(keys(partition)).contains("key-3").doesNotContain("key-4");
  }

  private void delete(Partition partition, String key) {
    BatchBuilder tombstone = BatchBuilder.from(0);
    tombstone.append(world.owners.clock().wallMs(), Bytes.utf8(key), null);
    partition.append(RecordBatch.at(tombstone.build()), AppendOrigin.CLIENT, true);
    world.owners.runMs(2_000);
    append(partition, "key-active", "1");
    world.owners.runMs(10);
  }

  @Test
  void beginsAndEndsWithThePolicy() {
    Partition partition = topic("segment.ms", "1000", "min.cleanable.dirty.ratio", "0");
    update(partition, 10);
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(101);
    set("cleanup.policy", "compact");
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(11);
    set("cleanup.policy", "delete");
    update(partition, 10);
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(112);
  }

  @Test
  void keepsToItsRate() {
    Partition partition = topic(COMPACTED);
    setBroker("log.cleaner.io.max.bytes.per.second", "100");
    update(partition, 20);
    world.owners.runMs(20_000);
    assertThat(keys(partition).size()).isGreaterThan(11);
    setBroker("log.cleaner.io.max.bytes.per.second", "1000000");
    world.owners.runMs(600_000);
    assertThat(keys(partition)).hasSize(11);
  }

  @Test
  void goesOnWhenARateThatWasFarTooLowIsRaised() {
    Partition partition = topic(COMPACTED);
    setBroker("log.cleaner.io.max.bytes.per.second", "0.001");
    update(partition, 20);
    world.owners.runMs(20_000);
    assertThat(keys(partition).size()).isGreaterThan(11);
    setBroker("log.cleaner.io.max.bytes.per.second", "1000000");
    world.owners.runMs(20_000);
    assertThat(keys(partition)).hasSize(11);
  }

  @Test
  void compactsInSmallPiecesWhenKeysDoNotFit() {
    Partition partition = topic(COMPACTED);
    setBroker("log.cleaner.dedupe.buffer.size", "100");
    update(partition, 20);
    world.owners.runMs(600_000);
    assertThat(cleaner.numbers().compactions()).isGreaterThan(10);
    assertThat(cleaner.numbers().keysMax()).isLessThanOrEqualTo(4);
    assertThat(values(partition, new ArrayList<>())).hasSize(11).containsEntry("key-3", "value-19");
  }

  @Test
  void compactsSeveralLogsAtOnce() {
    setBroker("log.cleaner.threads", "3");
    Partition partition = topic(COMPACTED);
    update(partition, 20);
    world.owners.runMs(60_000);
    assertThat(keys(partition)).hasSize(11);
    setBroker("log.cleaner.threads", "0");
    update(partition, 20);
    world.owners.runMs(60_000);
    assertThat(keys(partition).size()).isGreaterThan(200);
  }

  @Test
  void aFullDiskLeavesThePartitionForAWhile() {
    Partition partition = topic(COMPACTED);
    setBroker("log.cleaner.threads", "0");
    update(partition, 20);
    world.directories.forEach(directory -> directory.checkpoint());
    world.disk.capacityBytes(world.disk.usedBytes() + 10);
    setBroker("log.cleaner.threads", "1");
    world.owners.runMs(10_000);
    assertThat(cleaner.numbers().failures()).isPositive();
    assertThat(cleaner.numbers().uncleanable()).isEqualTo(1);
    assertThat(keys(partition)).hasSize(201);
    world.disk.capacityBytes(Long.MAX_VALUE);
    world.owners.runMs(120_000);
    assertThat(cleaner.numbers().uncleanable()).isZero();
    assertThat(keys(partition)).hasSize(11);
  }

  @Test
  void stopsInTheMiddle() {
    Partition partition = topic(COMPACTED);
    setBroker("log.cleaner.io.max.bytes.per.second", "10");
    update(partition, 20);
    world.owners.runMs(2_000);
    boolean[] idle = new boolean[1];
    cleaner.stop(() -> idle[0] = true);
    world.owners.runUntil(() -> idle[0], 1_000);
    assertThat(idle[0]).isTrue();
    world.owners.runMs(60_000);
    assertThat(values(partition, new ArrayList<>())).hasSize(11).containsEntry("key-3", "value-19");
  }

  private void set(String name, String value) {
    world.commit(World.setting("changes", name, value));
    world.applied();
  }

  private void setBroker(String name, String value) {
    world.commit(
        ConfigRecord.builder()
            .resourceType((byte) 4)
            .resourceName("")
            .name(name)
            .value(value)
            .build());
    world.applied();
  }
}
