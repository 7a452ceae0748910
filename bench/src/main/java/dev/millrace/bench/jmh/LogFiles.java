package dev.millrace.bench.jmh;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.ThreadOwners;
import dev.millrace.bench.process.Folders;
import dev.millrace.log.AppendOrigin;
import dev.millrace.log.AppendResult;
import dev.millrace.log.FlushPolicy;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.LogSettings;
import dev.millrace.log.OpenResult;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadResult;
import dev.millrace.log.checkpoint.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A partition's log on a real disk, page-cache policy: appends of a 16 KiB batch, and reads of 64
 * KiB at offsets that move on. Kafka's side is its bare file of records, which is all that
 * kafka-clients has: no index, no producers, no epochs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class LogFiles {
  private static final int RECORDS = 16;
  private static final int READ_BYTES = 64 * 1024;
  private static final int FILE_BYTES_MAX = 1 << 30;
  private static final int OLD_BATCHES = 4000;

  private final Path folder = freshFolder();
  private final ThreadOwners owners = new ThreadOwners();
  private final LogDirectory directory;
  private final PartitionLog log;
  private final PartitionLog old;
  private final FileRecords file = kafkaFile(folder);
  private final MemoryRecords records = Samples.batch(RECORDS, 1024);
  private final ByteBuffer batch = Samples.bytes(records);
  private final ByteBuffer target = ByteBuffer.allocateDirect(READ_BYTES);
  private long next;

  /** Opens everything in a folder that goes away with the run. */
  public LogFiles() {
    directory =
        LogDirectory.open(
            folder.resolve("logs"),
            new LogDirectory.Environment(
                FileDisk.INSTANCE,
                SystemClock.INSTANCE,
                owners.owner("disk"),
                (changed, end) -> {},
                fault -> {
                  throw fault;
                }));
    log = open("new");
    old = open("old");
    for (int i = 0; i < OLD_BATCHES; i++) {
      old.append(batch.duplicate(), 0, AppendOrigin.CLIENT);
    }
  }

  @TearDown
  public void close() throws IOException {
    file.close();
    directory.close(-1);
    owners.close();
    Folders.delete(folder);
  }

  @Benchmark
  public AppendResult append() {
    return log.append(batch.duplicate(), 0, AppendOrigin.CLIENT);
  }

  @Benchmark
  public int appendKafkaFile() throws IOException {
    if (file.sizeInBytes() > FILE_BYTES_MAX) {
      file.truncateTo(0);
    }
    return file.append(records);
  }

  @Benchmark
  public ReadResult find() {
    return old.read(nextOffset(), READ_BYTES, true, Long.MAX_VALUE);
  }

  @Benchmark
  public int read() {
    ReadResult result = old.read(nextOffset(), READ_BYTES, true, Long.MAX_VALUE);
    if (!(result instanceof ReadResult.Batches batches)) {
      throw new IllegalStateException("nothing was read, result=" + result);
    }
    target.clear().limit(Math.min(READ_BYTES, batches.region().length()));
    return batches.region().file().read(target, batches.region().position());
  }

  private long nextOffset() {
    next = (next + 7L * RECORDS) % ((long) OLD_BATCHES * RECORDS);
    return next;
  }

  private static Path freshFolder() {
    try {
      return Files.createTempDirectory(Path.of("").toAbsolutePath(), "millrace-jmh");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create a folder here", e);
    }
  }

  private static FileRecords kafkaFile(Path folder) {
    try {
      return FileRecords.open(folder.resolve("kafka.log").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a file in " + folder, e);
    }
  }

  private PartitionLog open(String topic) {
    LogSettings settings =
        LogSettings.DEFAULT.withFlush(
            new LogSettings.Flush(FlushPolicy.MEMORY, Long.MAX_VALUE, Long.MAX_VALUE));
    OpenResult result =
        directory.open(new TopicPartition(topic, 0), new Uuid(1, topic.hashCode()), settings);
    if (!(result instanceof OpenResult.Opened opened)) {
      throw new IllegalStateException("log was not opened, result=" + result);
    }
    return opened.log();
  }
}
