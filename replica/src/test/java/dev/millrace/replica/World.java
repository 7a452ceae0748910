package dev.millrace.replica;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.log.AppendOrigin;
import dev.millrace.log.Journaling;
import dev.millrace.log.LogDirectory;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.quorum.record.RemoveTopicRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.wire.Message;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** A node's partitions on simulated disks, owners and time. Dies and lives again on one disk. */
final class World {
  static final int NODE = 1;

  final SimOwners owners;
  SimDisk disk;
  SimOwners.Machine machine;
  List<LogDirectory> directories = List.of();
  Partitions partitions;
  Keeper keeper;
  ClusterImage image = ClusterImage.EMPTY;
  private static final int JOURNAL_BYTES = 64 << 10;

  private final List<Path> paths;
  private final TreeMap<String, String> written = new TreeMap<>();

  World(long seed, String... paths) {
    owners = new SimOwners(seed);
    disk = new SimDisk(owners.clock());
    this.paths = Arrays.stream(paths).map(Path::of).toList();
  }

  /** A broker setting for the lives from now on. */
  World with(String name, String value) {
    written.put(name, value);
    return this;
  }

  World start() {
    machine = owners.machine("node");
    LogEvents events = new LogEvents();
    List<LogDirectory> opened = new ArrayList<>();
    for (Path path : paths) {
      opened.add(
          LogDirectory.open(
              path,
              new LogDirectory.Environment(
                  disk,
                  owners.clock(),
                  machine.owner("disk-" + path),
                  events,
                  events::onOffline,
                  new Journaling(JOURNAL_BYTES, 1, machine.owner("settler-" + path)))));
    }
    directories = opened;
    BrokerSettings settings = BrokerSettings.of(StaticSettings.read(written));
    Partitions.Setup setup =
        new Partitions.Setup(NODE, settings, directories, disk, events, 1 << 20);
    DiskWork work = new DiskWork(List.of(machine.owner("read-0"), machine.owner("read-1")));
    partitions = new Partitions(setup, machine.owner("replicas"), work);
    keeper = new Keeper(partitions, machine.owner("keeper"), Keeper.Intervals.of(settings));
    partitions.changed(
        dev.millrace.quorum.image.ImageDelta.between(ClusterImage.EMPTY, image), image);
    applied();
    return this;
  }

  /** The machine dies; what survives is on the disk of the next life. */
  void crash(Crash crash) {
    machine.crash();
    disk = disk.crashed(crash);
  }

  /** A stop in order. */
  void stop() {
    boolean[] stopped = new boolean[1];
    partitions.close(() -> stopped[0] = true);
    owners.runUntil(() -> stopped[0], 10_000);
    directories.forEach(directory -> directory.close(7));
    machine.crash();
  }

  /** Commits records to the metadata. */
  void commit(Message... records) {
    Replay replay = new Replay(image);
    Arrays.stream(records).forEach(replay::apply);
    Replay.Step step = replay.finish(image.offset() + records.length, 1);
    image = step.image();
    partitions.changed(step.delta(), image);
  }

  void applied() {
    boolean[] done = new boolean[1];
    partitions.whenApplied(image.offset(), () -> done[0] = true);
    owners.runUntil(() -> done[0], 60_000);
  }

  Uuid createTopic(String name, int partitionCount, String... settings) {
    Uuid id = Uuid.random(owners.random("topic " + name + image.offset()));
    Message[] records = new Message[1 + partitionCount + settings.length / 2];
    records[0] = TopicRecord.builder().name(name).topicId(id).build();
    for (int i = 0; i < partitionCount; i++) {
      records[1 + i] = partition(id, i);
    }
    for (int i = 0; i < settings.length; i += 2) {
      records[1 + partitionCount + i / 2] = setting(name, settings[i], settings[i + 1]);
    }
    commit(records);
    applied();
    return id;
  }

  static Message setting(String topic, String name, String value) {
    return ConfigRecord.builder()
        .resourceType((byte) 2)
        .resourceName(topic)
        .name(name)
        .value(value)
        .build();
  }

  static Message partition(Uuid topic, int index) {
    return PartitionRecord.builder()
        .topicId(topic)
        .partitionId(index)
        .replicas(List.of(NODE))
        .isr(List.of(NODE))
        .leader(NODE)
        .leaderEpoch(0)
        .partitionEpoch(0)
        .build();
  }

  static Message leader(Uuid topic, int index, int leader) {
    return PartitionChangeRecord.builder().topicId(topic).partitionId(index).leader(leader).build();
  }

  void deleteTopic(Uuid topic) {
    commit(RemoveTopicRecord.builder().topicId(topic).build());
    applied();
  }

  Partition partition(String topic, int index) {
    Partition found = partitions.find(topic, index);
    if (found == null) {
      throw new AssertionError(
          "no such partition, why=" + partitions.whyAbsent(topic, index) + " " + owners.story(""));
    }
    return found;
  }

  RecordBatch batch(String... values) {
    BatchBuilder builder = BatchBuilder.from(0);
    for (String value : values) {
      builder.append(owners.clock().wallMs(), null, Bytes.utf8(value));
    }
    return RecordBatch.at(builder.build());
  }

  AppendOutcome.Appended append(Partition partition, String... values) {
    AppendOutcome outcome = partition.append(batch(values), AppendOrigin.CLIENT, true);
    if (outcome instanceof AppendOutcome.Appended appended) {
      return appended;
    }
    throw new AssertionError(outcome + " " + owners.story(""));
  }

  static ReadQuery query(long offset) {
    return new ReadQuery(offset, -1, -1, 1 << 20, true, false);
  }

  /** Values of all records that a consumer sees from an offset on. */
  static List<String> values(Partition partition, long from) {
    List<String> values = new ArrayList<>();
    long offset = from;
    while (offset < partition.bounds().highWatermark()) {
      ReadOutcome outcome = partition.read(query(offset));
      if (!(outcome instanceof ReadOutcome.Found found)) {
        throw new AssertionError("read failed, offset=" + offset + " outcome=" + outcome);
      }
      long before = offset;
      for (RecordBatch batch : BatchCursor.batches(bytes(found.records()))) {
        try (RecordCursor records = batch.records()) {
          while (records.next()) {
            if (records.offset() >= from) {
              values.add(records.value() == null ? null : utf8(records.value()));
            }
          }
        }
        offset = batch.nextOffset();
      }
      if (offset == before) {
        throw new AssertionError("read gives nothing below the high watermark, offset=" + offset);
      }
    }
    return values;
  }

  static ByteBuffer bytes(RecordBytes records) {
    return switch (records) {
      case RecordBytes.InMemory memory -> memory.view();
      case RecordBytes.InFile file -> {
        ByteBuffer bytes = ByteBuffer.allocate(file.size());
        file.region().file().read(bytes, file.region().position());
        yield bytes.flip();
      }
    };
  }

  private static String utf8(ByteBuffer bytes) {
    return java.nio.charset.StandardCharsets.UTF_8.decode(bytes).toString();
  }
}
