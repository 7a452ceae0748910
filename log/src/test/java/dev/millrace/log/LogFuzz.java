package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.LogModel.Timed;
import dev.millrace.log.LogModel.Writer;
import dev.millrace.log.LogSettings.Retention;
import dev.millrace.log.LogSettings.SegmentSettings;
import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.producer.BatchMark;
import dev.millrace.log.producer.Producer;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.TimestampType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One life story of a log, decided by a seed, held against a model at every step. */
final class LogFuzz {
  /** Two halves of seven blocks. */
  private static final int JOURNAL_BYTES = 64 << 10;

  private final SplittableRandom random;
  private final LogWorld world;
  private final LogSettings settings;
  private final LogModel model = new LogModel();
  private PartitionLog log;
  private long savedStart;
  private int epoch;
  private boolean isOver;
  private @Nullable ByteBuffer doubtful;

  LogFuzz(long seed) {
    random = new SplittableRandom(seed);
    world = new LogWorld(seed, random.nextInt(3) == 0 ? 0 : JOURNAL_BYTES);
    settings = settings();
    log = world.open(settings);
  }

  private LogSettings settings() {
    LogSettings chosen =
        LogSettings.DEFAULT
            .withSegment(
                new SegmentSettings(
                    random.nextInt(600, 4000),
                    random.nextBoolean() ? 7L * 86_400_000 : random.nextInt(100, 2000),
                    0,
                    random.nextInt(0, 600),
                    random.nextBoolean() ? 10 << 20 : 64))
            .withRetention(
                new Retention(
                    random.nextInt(3) == 0 ? random.nextInt(1, 100_000) : -1,
                    random.nextBoolean() ? random.nextInt(1000, 20_000) : -1,
                    random.nextInt(4) != 0,
                    random.nextInt(0, 20)));
    if (random.nextInt(4) == 0) {
      chosen = chosen.withTimestampType(TimestampType.LOG_APPEND_TIME);
    }
    return random.nextInt(4) == 0 ? LogWorld.memory(chosen) : chosen;
  }

  void run(int steps) {
    for (int i = 0; i < steps && !isOver; i++) {
      step();
    }
    if (!isOver) {
      crash();
    }
  }

  private void step() {
    switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> append(plain());
      case 4, 5, 6, 7 -> append(fromProducer());
      case 8, 9 -> append(marker());
      case 10 -> world.settle();
      case 11 -> world.owners.runMs(random.nextInt(50));
      case 12, 13, 14 -> read();
      case 15 -> findTime();
      case 16 -> checkTransactions();
      case 17 -> keep();
      case 18 -> world.directory.checkpoint();
      case 19 -> copy();
      case 20 -> startEpoch();
      case 21 -> truncate();
      case 22 -> restart();
      default -> crash();
    }
  }

  // ---- changes

  private ByteBuffer plain() {
    BatchBuilder builder = BatchBuilder.from(0);
    if (random.nextInt(4) == 0) {
      builder.compressed(random.nextBoolean() ? Codec.GZIP : Codec.LZ4);
    }
    return filled(builder);
  }

  private ByteBuffer filled(BatchBuilder builder) {
    int records = random.nextInt(1, 4);
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[random.nextInt(0, 150)];
      random.nextBytes(value);
      builder.append(random.nextLong(0, 100_000), null, Bytes.copyOf(value));
    }
    return builder.build();
  }

  /**
   * The next batch of a producer, or one that is a duplicate, leaves a gap or is of another epoch.
   */
  private ByteBuffer fromProducer() {
    long id = random.nextLong(1, 5);
    Writer writer = model.writers().get(id);
    boolean isTransactional = id > 2;
    int epochNow = writer == null ? 0 : writer.epoch;
    int next = nextSequence(writer);
    switch (random.nextInt(10)) {
      case 0 -> {
        epochNow++;
        next = 0;
      }
      case 1 -> epochNow--;
      case 2 -> next += random.nextInt(1, 3);
      case 3, 4 -> {
        if (writer != null && !writer.batches.isEmpty()) {
          RecordBatch old = writer.batches.get(random.nextInt(writer.batches.size()));
          return again(old, isTransactional);
        }
      }
      default -> {}
    }
    BatchBuilder builder =
        BatchBuilder.from(0).producer(id, (short) Math.max(epochNow, 0), next & Integer.MAX_VALUE);
    return filled(isTransactional ? builder.transactional() : builder);
  }

  /** Sequences begin a little before they wrap. */
  private static int nextSequence(@Nullable Writer writer) {
    if (writer == null) {
      return Integer.MAX_VALUE - 7;
    }
    return writer.batches.isEmpty()
        ? 0
        : (writer.batches.getLast().lastSequence() + 1) & Integer.MAX_VALUE;
  }

  private static ByteBuffer again(RecordBatch old, boolean isTransactional) {
    BatchBuilder builder =
        BatchBuilder.from(0).producer(old.producerId(), old.producerEpoch(), old.baseSequence());
    for (int i = 0; i < old.recordCount(); i++) {
      builder.append(1, null, null);
    }
    return (isTransactional ? builder.transactional() : builder).build();
  }

  private ByteBuffer marker() {
    long id = random.nextLong(3, 5);
    Writer writer = model.writers().get(id);
    short epochNow = writer == null ? 0 : writer.epoch;
    EndTransaction end = new EndTransaction(random.nextBoolean(), 0);
    return BatchBuilder.from(0)
        .producer(id, epochNow, -1)
        .transactional()
        .control()
        .append(random.nextLong(0, 100_000), Bytes.copyOf(end.key()), Bytes.copyOf(end.value()))
        .build();
  }

  private void append(ByteBuffer batch) {
    AppendResult expected = expected(RecordBatch.at(batch));
    doubtful = batch;
    AppendResult result = log.append(batch, epoch, AppendOrigin.CLIENT);
    switch (result) {
      case AppendResult.Appended appended -> {
        assertThat(expected).as("append %s", appended).isNull();
        assertThat(appended.baseOffset()).isEqualTo(model.end());
        model.append(batch);
        assertThat(appended.endOffset()).isEqualTo(model.end());
      }
      case AppendResult.Duplicate duplicate when duplicate.baseOffset() < 0 -> {
        assertThat(expected).as("passed %s", duplicate).isInstanceOf(AppendResult.Refused.class);
        assertThat(model.start > 0 || model.hasSequencesOf(RecordBatch.at(batch))).isTrue();
      }
      case AppendResult.Duplicate duplicate -> assertThat(duplicate).isEqualTo(expected);
      case AppendResult.Refused refused -> {
        if (refused.error() != ErrorCode.KAFKA_STORAGE_ERROR || log.status() == ErrorCode.NONE) {
          assertThat(expected).as("refused %s", refused).isInstanceOf(AppendResult.Refused.class);
          assertThat(refused.error()).isEqualTo(((AppendResult.Refused) expected).error());
        }
      }
    }
  }

  /** The objection that is due, or null. */
  private @Nullable AppendResult expected(RecordBatch batch) {
    Writer writer = model.writers().get(batch.producerId());
    if (!batch.hasProducer() || writer == null) {
      return null;
    }
    if (batch.isControl()) {
      return null;
    }
    for (RecordBatch old : writer.batches) {
      boolean isSame =
          old.producerEpoch() == batch.producerEpoch()
              && old.baseSequence() == batch.baseSequence()
              && old.lastSequence() == batch.lastSequence();
      if (isSame) {
        return new AppendResult.Duplicate(
            old.baseOffset(), old.nextOffset(), timestampOf(old), log.startOffset());
      }
    }
    if (batch.producerEpoch() < writer.epoch) {
      return new AppendResult.Refused(ErrorCode.INVALID_PRODUCER_EPOCH, "");
    }
    int due = batch.producerEpoch() > writer.epoch ? 0 : nextSequence(writer);
    if (batch.baseSequence() != due) {
      return new AppendResult.Refused(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, "");
    }
    return null;
  }

  /** What the log says; a snapshot keeps only the time of the marker after the latest batch. */
  private long timestampOf(RecordBatch batch) {
    for (Producer producer : log.producers()) {
      for (BatchMark mark : producer.batches()) {
        if (producer.id() == batch.producerId() && mark.lastOffset() == batch.lastOffset()) {
          return mark.timestampMs();
        }
      }
    }
    throw new AssertionError("batch is not remembered: " + batch);
  }

  /** Batches of another leader, perhaps with a hole before them. */
  private void copy() {
    BatchBuilder builder = BatchBuilder.from(model.end() + (random.nextInt(4) == 0 ? 3 : 0));
    ByteBuffer batch = filled(builder.leaderEpoch(epoch));
    doubtful = batch;
    AppendResult result = log.appendAsFollower(batch);
    if (result instanceof AppendResult.Appended) {
      model.append(batch);
    }
  }

  private void startEpoch() {
    epoch++;
    log.startEpoch(epoch);
  }

  private void keep() {
    long committed = log.durableEnd();
    log.committed(committed);
    if (random.nextBoolean()) {
      log.keeping().deleteOldSegments(committed);
      assertThat(log.startOffset()).isBetween(model.start, committed);
    } else if (committed > model.start) {
      long to = random.nextLong(model.start, committed + 1);
      savedStart = log.keeping().deleteRecords(to);
      assertThat(savedStart).isEqualTo(Math.max(to, model.start));
    }
    model.start = log.startOffset();
  }

  private void truncate() {
    if (random.nextInt(4) == 0 && model.end() > model.start) {
      long to = random.nextLong(model.start, model.end() + 1);
      assertThat(log.keeping().truncateTo(to)).isTrue();
      model.truncate(to);
      if (model.end() < log.startOffset()) {
        model.start = log.startOffset();
      }
      model.start = Math.min(model.start, log.startOffset());
      savedStart = Math.min(savedStart, model.start);
      check();
    }
  }

  private void restart() {
    world.cleanRestart();
    log = world.open(settings);
    assertThat(log.endOffset()).isEqualTo(model.end());
    assertThat(log.startOffset()).isEqualTo(model.start);
    check();
  }

  /** A crash now, or in the middle of some work. */
  private void crash() {
    boolean isInWork = random.nextInt(3) == 0;
    long certain = log.flushedEnd();
    if (isInWork) {
      certain = workUntilTheDiskDies();
    }
    int kind = random.nextInt(4);
    world.crash(
        switch (kind) {
          case 0 -> Crash.losingUnsynced();
          case 1 -> Crash.ofProcess();
          default -> Crash.random(random);
        });
    log = world.open(settings);
    if (kind == 1 && !isInWork) {
      assertThat(log.endOffset()).isEqualTo(model.end());
    }
    assertThat(log.endOffset()).isGreaterThanOrEqualTo(certain);
    boolean isMemory = settings.flush().policy() == FlushPolicy.MEMORY;
    if (isMemory && log.endOffset() == savedStart && certain < savedStart) {
      // deleted records were lost before they were synced, only the log's start was
      isOver = true;
      return;
    }
    adopt();
    assertThat(log.startOffset()).isBetween(savedStart, Math.max(savedStart, model.start));
    model.start = log.startOffset();
    check();
  }

  private long workUntilTheDiskDies() {
    int[] left = {random.nextInt(1, 30)};
    world.disk.faults((operation, path) -> left[0]-- <= 0 ? DiskException.Kind.FAILED : null);
    while (world.directory.isOnline()) {
      switch (random.nextInt(6)) {
        case 0, 1 -> append(random.nextBoolean() ? plain() : fromProducer());
        case 2 -> world.settle();
        case 3 -> world.directory.checkpoint();
        case 4 -> {
          log.keeping().deleteOldSegments(log.durableEnd());
          model.start = Math.max(model.start, log.startOffset());
        }
        default -> world.owners.runMs(30);
      }
    }
    assertThat(log.append(plain(), epoch, AppendOrigin.CLIENT))
        .isInstanceOf(AppendResult.Refused.class);
    assertThat(log.read(log.startOffset(), 1, true, 1)).isInstanceOf(ReadResult.Failed.class);
    return log.flushedEnd();
  }

  /** Takes over how much of the unsynced records survived. */
  private void adopt() {
    long end = log.endOffset();
    ByteBuffer last = doubtful;
    if (end > model.end() && last != null) {
      model.append(last);
    }
    model.truncate(end);
    model.start = Math.min(model.start, end);
    assertThat(end).isEqualTo(model.end());
    doubtful = null;
    epoch = Math.max(epoch, log.epochs().latest());
  }

  // ---- questions

  private void check() {
    long next = log.startOffset();
    while (next < log.endOffset()) {
      ReadResult result = log.read(next, 1 << 20, true, Long.MAX_VALUE);
      ByteBuffer bytes = LogWorld.bytes(result);
      ByteBuffer all = model.bytes(next, Long.MAX_VALUE);
      assertThat(all.slice(0, bytes.remaining())).isEqualTo(bytes);
      RecordBatch batch = RecordBatch.at(bytes);
      while (batch.position() + batch.sizeBytes() < bytes.limit()) {
        batch = RecordBatch.at(bytes, batch.position() + batch.sizeBytes());
      }
      next = batch.nextOffset();
    }
    checkProducers();
    checkTransactions();
    findTime();
    checkEpochs();
  }

  private void read() {
    long from = random.nextLong(Math.max(log.startOffset() - 2, 0), log.endOffset() + 3);
    int maxBytes = random.nextInt(0, 3000);
    boolean minOneBatch = random.nextBoolean();
    long upTo = random.nextBoolean() ? log.endOffset() : boundary();
    ReadResult result = log.read(from, maxBytes, minOneBatch, upTo);
    if (from < log.startOffset() || from > log.endOffset()) {
      assertThat(result).isEqualTo(new ReadResult.OutOfRange(log.startOffset(), log.endOffset()));
      return;
    }
    ByteBuffer all = model.bytes(from, upTo);
    if (from >= upTo || !all.hasRemaining()) {
      assertThat(result).isInstanceOf(ReadResult.Nothing.class);
      return;
    }
    int first = RecordBatch.at(all).sizeBytes();
    if (maxBytes < first && !minOneBatch) {
      assertThat(result).isInstanceOf(ReadResult.Nothing.class);
      return;
    }
    ByteBuffer bytes = LogWorld.bytes(result);
    assertThat(bytes.remaining()).isBetween(first, Math.max(first, maxBytes));
    assertThat(all.slice(0, bytes.remaining())).isEqualTo(bytes);
  }

  private long boundary() {
    if (model.batches.isEmpty()) {
      return model.end();
    }
    return model.batches.get(random.nextInt(model.batches.size())).batch().nextOffset();
  }

  private void findTime() {
    long wanted = random.nextLong(0, 110_000);
    List<Timed> records = model.records();
    TimeLookup expected =
        records.stream()
            .filter(record -> record.timestampMs() >= wanted)
            .findFirst()
            .<TimeLookup>map(this::found)
            .orElse(new TimeLookup.None());
    assertThat(withoutEpoch(log.offsetForTime(wanted))).isEqualTo(expected);
    long highest = records.stream().mapToLong(Timed::timestampMs).max().orElse(-1);
    TimeLookup newest =
        records.stream()
            .filter(record -> record.timestampMs() == highest)
            .findFirst()
            .<TimeLookup>map(this::found)
            .orElse(new TimeLookup.None());
    assertThat(withoutEpoch(log.offsetForMaxTime())).isEqualTo(newest);
  }

  private TimeLookup found(Timed record) {
    return new TimeLookup.Found(record.offset(), record.timestampMs(), 0);
  }

  private static TimeLookup withoutEpoch(TimeLookup lookup) {
    return lookup instanceof TimeLookup.Found found
        ? new TimeLookup.Found(found.offset(), found.timestampMs(), 0)
        : lookup;
  }

  private void checkTransactions() {
    long end = log.endOffset();
    assertThat(log.lastStableOffset(end)).isEqualTo(Math.min(end, model.firstOpen()));
    long from = random.nextLong(log.startOffset(), end + 1);
    long upTo = random.nextLong(from, end + 1);
    List<AbortedTransaction> expected =
        model.aborted().stream()
            .filter(a -> a.lastOffset() >= from && a.firstOffset() < upTo)
            .toList();
    assertThat(log.abortedTransactions(from, upTo)).isEqualTo(expected);
  }

  private void checkProducers() {
    Map<Long, Writer> writers = model.writers();
    assertThat(log.producers()).hasSize(writers.size());
    for (Producer producer : log.producers()) {
      Writer writer = writers.get(producer.id());
      assertThat(producer.epoch()).isEqualTo(writer.epoch);
      assertThat(producer.openFirstOffset()).isEqualTo(writer.openSince);
      assertThat(producer.batches().stream().map(BatchMark::lastOffset).toList())
          .isEqualTo(writer.batches.stream().map(RecordBatch::lastOffset).toList());
      assertThat(producer.batches().stream().map(BatchMark::firstSequence).toList())
          .isEqualTo(writer.batches.stream().map(RecordBatch::baseSequence).toList());
    }
  }

  private void checkEpochs() {
    for (LogModel.Placed placed : model.batches) {
      RecordBatch batch = placed.batch();
      if (batch.baseOffset() >= log.startOffset()) {
        assertThat(log.epochs().epochOf(batch.baseOffset()))
            .isEqualTo(batch.partitionLeaderEpoch());
      }
    }
  }
}
