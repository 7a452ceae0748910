package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.log.LogSettings.Flush;
import dev.millrace.log.LogSettings.SegmentSettings;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A simulated machine with one log directory, for tests. */
final class LogWorld {
  static final Path PATH = Path.of("/data");
  static final TopicPartition PARTITION = new TopicPartition("orders", 0);
  static final TopicPartition PARTITION_1 = new TopicPartition("orders", 1);
  static final Uuid TOPIC = new Uuid(7, 9);

  /** Small segments and a dense index. */
  static final LogSettings SMALL =
      LogSettings.DEFAULT.withSegment(new SegmentSettings(4096, 7L * 86_400_000, 0, 256, 10 << 20));

  /** Held, because loggers are held weakly. */
  private static final Logger QUIET = Logger.getLogger("dev.millrace.log");

  static {
    QUIET.setLevel(Level.OFF);
  }

  /** Room that is kept for metadata, from the first checkpoint on. */
  static final int SPARE_BYTES = 4096;

  final SimOwners owners;
  SimDisk disk;
  LogDirectory directory;
  final List<Long> durable = new ArrayList<>();
  final List<DiskException> offline = new ArrayList<>();

  private final int journalBytes;

  LogWorld(long seed) {
    this(seed, 0);
  }

  /** With a flush journal of this size, from the second round of syncs on. */
  LogWorld(long seed, int journalBytes) {
    this.journalBytes = journalBytes;
    owners = new SimOwners(seed);
    disk = new SimDisk(owners.clock());
    directory = openDirectory();
  }

  private LogWorld(SimDisk disk, int journalBytes) {
    this.journalBytes = journalBytes;
    this.owners = new SimOwners(1);
    this.disk = disk;
    this.directory = openDirectory();
  }

  /** Another machine that finds this disk. */
  LogWorld on(SimDisk other) {
    return new LogWorld(other, journalBytes);
  }

  LogDirectory openDirectory() {
    return LogDirectory.open(
        PATH,
        new LogDirectory.Environment(
            disk,
            owners.clock(),
            owners.machine("m").owner("disk"),
            (log, end) -> durable.add(end),
            offline::add,
            new Journaling(journalBytes, 1, owners.machine("m").owner("settler")),
            SPARE_BYTES));
  }

  PartitionLog open(LogSettings settings) {
    return open(PARTITION, settings);
  }

  PartitionLog open(TopicPartition partition, LogSettings settings) {
    OpenResult result = directory.open(partition, TOPIC, settings);
    assertThat(result).isInstanceOf(OpenResult.Opened.class);
    return ((OpenResult.Opened) result).log();
  }

  /** Lets the disk owner do its work. */
  void settle() {
    owners.runMs(1);
  }

  /** A crash; the directory is opened again. */
  void crash(Crash crash) {
    disk = disk.crashed(crash);
    directory = openDirectory();
  }

  void cleanRestart() {
    directory.close(-1);
    directory = openDirectory();
  }

  Path file(String name) {
    return PATH.resolve(PARTITION.toString()).resolve(name);
  }

  static LogSettings memory(LogSettings settings) {
    return settings.withFlush(new Flush(FlushPolicy.MEMORY, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  static ByteBuffer batch(long timestampMs, String... values) {
    BatchBuilder builder = BatchBuilder.from(0);
    for (String value : values) {
      builder.append(timestampMs, null, Bytes.utf8(value));
    }
    return builder.build();
  }

  static ByteBuffer idempotent(long producerId, int epoch, int sequence, int records) {
    BatchBuilder builder = BatchBuilder.from(0).producer(producerId, (short) epoch, sequence);
    for (int i = 0; i < records; i++) {
      builder.append(
          1000 + sequence + i, null, Bytes.utf8("p" + producerId + "-" + (sequence + i)));
    }
    return builder.build();
  }

  static long append(PartitionLog log, ByteBuffer batch) {
    AppendResult result = log.append(batch, 0, AppendOrigin.CLIENT);
    assertThat(result).isInstanceOf(AppendResult.Appended.class);
    return ((AppendResult.Appended) result).baseOffset();
  }

  /** The bytes of a read. */
  static ByteBuffer bytes(ReadResult result) {
    if (!(result instanceof ReadResult.Batches(FileRegion region, long _, long _))) {
      throw new AssertionError("no batches: " + result);
    }
    ByteBuffer bytes = ByteBuffer.allocate(region.length());
    assertThat(region.file().read(bytes, region.position())).isEqualTo(region.length());
    return bytes.flip();
  }

  /** Reads everything from the start to the end; returns the batches' base offsets. */
  static List<Long> baseOffsets(PartitionLog log) {
    List<Long> offsets = new ArrayList<>();
    long next = log.startOffset();
    while (next < log.endOffset()) {
      ByteBuffer bytes = bytes(log.read(next, 100, true, Long.MAX_VALUE));
      RecordBatch batch = new BatchCursor(bytes).next();
      assertThat(batch.isIntact()).isTrue();
      offsets.add(batch.baseOffset());
      next = batch.nextOffset();
    }
    return offsets;
  }
}
