package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.CleanModel.Entry;
import dev.millrace.log.CleanModel.Fate;
import dev.millrace.log.LogSettings.Compacting;
import dev.millrace.log.LogSettings.Retention;
import dev.millrace.log.LogSettings.SegmentSettings;
import dev.millrace.log.clean.KeyOffsets;
import dev.millrace.log.producer.Producer;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.TimestampType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** One life story of a compacted log, decided by a seed, held against a model at every step. */
final class CleaningFuzz {
  private static final Codec[] CODECS = Codec.values();

  private final SplittableRandom random;
  private final LogWorld world;
  private final LogSettings settings;
  private final int keyCount;
  private final CleanModel model = new CleanModel();
  private final Map<Long, Integer> sequences = new HashMap<>();
  private final Map<Long, Integer> epochs = new HashMap<>();
  private final Map<Long, Long> tombstonesSince = new HashMap<>();
  private PartitionLog log;
  private boolean isChecking;
  private RecordBatch doubtful = RecordBatch.at(BatchBuilder.from(0).build());
  int cleanings;
  int passes;

  CleaningFuzz(long seed) {
    random = new SplittableRandom(seed);
    world = new LogWorld(seed, random.nextBoolean() ? 0 : 64 << 10);
    keyCount = random.nextInt(1, 40);
    settings = settings();
    log = world.open(settings);
  }

  private LogSettings settings() {
    LogSettings chosen =
        LogSettings.DEFAULT
            .withSegment(
                new SegmentSettings(
                    random.nextInt(2400, 8000),
                    Long.MAX_VALUE,
                    0,
                    random.nextInt(0, 600),
                    random.nextBoolean() ? 10 << 20 : 64))
            .withRetention(new Retention(-1, -1, false, random.nextInt(0, 20)))
            .withCompaction(new Compacting(true, 0, 0, Long.MAX_VALUE, random.nextInt(0, 200)));
    if (random.nextInt(4) == 0) {
      chosen = chosen.withTimestampType(TimestampType.LOG_APPEND_TIME);
    }
    return random.nextInt(4) == 0 ? LogWorld.memory(chosen) : chosen;
  }

  void run(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
    crash();
    cleanAll();
  }

  private void step() {
    switch (random.nextInt(31)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> append(data(random.nextLong(0, 3)));
      case 8, 9, 10, 11, 12 -> append(data(random.nextLong(3, 6)));
      case 13, 14, 15 -> append(marker(random.nextLong(3, 6)));
      case 16, 17 -> world.settle();
      case 18 -> world.owners.runMs(random.nextInt(150));
      case 19, 20, 21 -> clean();
      case 22 -> cleanAll();
      case 23 -> cleanPartly();
      case 24 -> world.directory.checkpoint();
      case 25 -> check();
      case 26 -> restart();
      case 27 -> restartWithoutSnapshots();
      case 28 -> deleteRecords();
      default -> crash();
    }
  }

  // ---- appends

  private ByteBuffer data(long producerId) {
    BatchBuilder builder = BatchBuilder.from(0).compressed(CODECS[random.nextInt(5)]);
    int records = random.nextInt(1, random.nextInt(8) == 0 ? 30 : 5);
    if (producerId > 0) {
      int sequence = sequences.getOrDefault(producerId, 0);
      builder.producer(producerId, epochs.getOrDefault(producerId, 0).shortValue(), sequence);
    }
    if (producerId >= 3) {
      builder.transactional();
    }
    for (int i = 0; i < records; i++) {
      Bytes key = Bytes.utf8("key-" + random.nextInt(keyCount));
      String value = "v" + random.nextInt(1000) + "x".repeat(random.nextInt(40));
      boolean isTombstone = random.nextInt(5) == 0;
      builder.append(random.nextLong(0, 100_000), key, isTombstone ? null : Bytes.utf8(value));
    }
    return builder.build();
  }

  private ByteBuffer marker(long producerId) {
    EndTransaction end = new EndTransaction(random.nextBoolean(), 0);
    int epoch = epochs.getOrDefault(producerId, 0);
    if (random.nextInt(3) == 0 && sequences.containsKey(producerId)) {
      epoch++;
    }
    return BatchBuilder.from(0)
        .producer(producerId, (short) epoch, -1)
        .transactional()
        .control()
        .append(random.nextLong(0, 100_000), Bytes.copyOf(end.key()), Bytes.copyOf(end.value()))
        .build();
  }

  private void append(ByteBuffer bytes) {
    RecordBatch batch = RecordBatch.at(bytes);
    doubtful = batch;
    AppendOrigin origin = batch.isControl() ? AppendOrigin.COORDINATOR : AppendOrigin.CLIENT;
    AppendResult result = log.append(bytes, 0, origin);
    if (result instanceof AppendResult.Appended) {
      model.append(batch);
      note();
    } else {
      assertThat(log.status().code()).as("%s", result).isNotZero();
    }
  }

  /** The next sequence and epoch of each producer, from what is in the log. */
  private void note() {
    sequences.clear();
    epochs.clear();
    for (Producer producer : log.producers()) {
      epochs.put(producer.id(), (int) producer.epoch());
      sequences.put(producer.id(), producer.lastSequence() + 1);
    }
  }

  // ---- compactions

  private LogCompaction begin() {
    long bytes = random.nextBoolean() ? 1 << 20 : random.nextInt(1, 30 * KeyOffsets.SLOT_BYTES);
    KeyOffsets keys = new KeyOffsets(bytes, 0.9, random.nextLong(), random.nextLong());
    LogCompaction compaction =
        log.cleaning().begin(log.durableEnd(), keys, random.nextInt(1, 2000));
    assertThat(keys.bytes()).isLessThanOrEqualTo(Math.max(bytes, 2 * KeyOffsets.SLOT_BYTES));
    return compaction;
  }

  /** Returns whether there was something to do. */
  private boolean clean() {
    LogCompaction compaction = begin();
    if (compaction == null) {
      return false;
    }
    CleaningStep step = compaction.step();
    while (step instanceof CleaningStep.More) {
      disturb();
      step = compaction.step();
    }
    assertThat(step).isInstanceOf(CleaningStep.Done.class);
    passes++;
    checkCleaned();
    check();
    return true;
  }

  /** What goes on while a compaction runs. */
  private void disturb() {
    switch (random.nextInt(8)) {
      case 0 -> append(data(random.nextLong(0, 6)));
      case 1 -> world.settle();
      case 2 -> checkValues();
      default -> {}
    }
  }

  private void cleanAll() {
    world.settle();
    cleanings++;
    for (int i = 0; clean(); i++) {
      assertThat(i).isLessThan(10_000);
    }
  }

  private void cleanPartly() {
    LogCompaction compaction = begin();
    if (compaction != null) {
      int steps = random.nextInt(10);
      while (steps-- > 0 && compaction.step() instanceof CleaningStep.More) {
        disturb();
      }
      if (steps >= 0) {
        checkCleaned();
      } else if (random.nextBoolean()) {
        compaction.abandon();
      } else {
        crashNow(log.flushedEnd());
      }
      check();
    }
  }

  /** The log begins later; segments before it go with the next retention run. */
  private void deleteRecords() {
    long committed = log.durableEnd();
    if (random.nextInt(3) == 0 && committed > log.startOffset()) {
      long from = log.startOffset();
      long to = from + random.nextLong(0, (committed - from) / 4 + 1);
      assertThat(log.keeping().deleteRecords(to)).isEqualTo(to);
    }
    log.keeping().deleteOldSegments(committed);
    model.start = log.startOffset();
    check();
  }

  // ---- stops

  private void restart() {
    world.cleanRestart();
    log = world.open(settings);
    assertThat(log.endOffset()).isEqualTo(model.end());
    note();
    check();
  }

  /** Everything that producers need to go on is still in the log. */
  private void restartWithoutSnapshots() {
    Map<Long, Producer> before = new HashMap<>();
    log.producers().forEach(producer -> before.put(producer.id(), producer));
    world.directory.close(-1);
    for (String name : world.disk.list(world.file(""))) {
      if (name.endsWith(SegmentFiles.SNAPSHOT)) {
        world.disk.delete(world.file(name));
      }
    }
    world.directory = world.openDirectory();
    log = world.open(settings);
    assertThat(log.producers()).hasSize(before.size());
    for (Producer producer : log.producers()) {
      Producer known = before.get(producer.id());
      assertThat(producer.epoch()).isEqualTo(known.epoch());
      assertThat(producer.lastSequence()).isEqualTo(known.lastSequence());
      assertThat(producer.openFirstOffset()).isEqualTo(known.openFirstOffset());
    }
    note();
    check();
  }

  /** A crash now, or when the disk dies in the middle of a compaction. */
  private void crash() {
    long certain = log.flushedEnd();
    if (random.nextBoolean()) {
      int[] left = {random.nextInt(1, 60)};
      world.disk.faults(
          (operation, path) -> !isChecking && left[0]-- <= 0 ? DiskException.Kind.FAILED : null);
      for (int i = 0; i < 50 && world.directory.isOnline(); i++) {
        cleanUntilTheDiskDies();
        certain = Math.max(certain, log.flushedEnd());
      }
    }
    crashNow(certain);
    check();
  }

  private void cleanUntilTheDiskDies() {
    switch (random.nextInt(4)) {
      case 0 -> append(data(random.nextLong(0, 6)));
      case 1 -> world.settle();
      default -> {
        LogCompaction compaction = begin();
        CleaningStep step = compaction == null ? new CleaningStep.Overtaken() : compaction.step();
        while (step instanceof CleaningStep.More) {
          step = compaction.step();
        }
        isChecking = true;
        noteTombstones();
        isChecking = false;
      }
    }
  }

  /** Remembers which tombstones may go, and since when. */
  private void noteTombstones() {
    for (RecordBatch batch :
        world.directory.isOnline() ? batches(log.startOffset(), log.endOffset()) : none()) {
      if (batch.hasDeleteHorizon() && !batch.isControl()) {
        long since = batch.baseTimestamp() - settings.compaction().deleteRetentionMs();
        CleanModel.entries(batch).stream()
            .filter(entry -> entry.value() == null)
            .forEach(entry -> tombstonesSince.putIfAbsent(entry.offset(), since));
      }
    }
  }

  private static List<RecordBatch> none() {
    return List.of();
  }

  private void crashNow(long certain) {
    world.crash(
        switch (random.nextInt(4)) {
          case 0 -> Crash.losingUnsynced();
          case 1 -> Crash.ofProcess();
          default -> Crash.random(random);
        });
    log = world.open(settings);
    assertThat(log.endOffset()).isGreaterThanOrEqualTo(certain);
    if (log.endOffset() > model.end()) {
      model.append(doubtful);
    }
    model.truncate(log.endOffset());
    model.start = log.startOffset();
    assertThat(log.endOffset()).isEqualTo(model.end());
    note();
  }

  // ---- questions

  /** Every batch that is there, by a walk as a reader does it. */
  private List<RecordBatch> batches(long from, long upTo) {
    List<RecordBatch> all = new ArrayList<>();
    long next = from;
    while (next < upTo
        && log.read(next, random.nextInt(1, 4000), true, upTo)
            instanceof ReadResult.Batches found) {
      for (RecordBatch batch : BatchCursor.batches(LogWorld.bytes(found))) {
        assertThat(batch.lastOffset()).isGreaterThanOrEqualTo(next);
        assertThat(batch.isIntact()).isTrue();
        all.add(batch);
        next = batch.nextOffset();
      }
    }
    return all;
  }

  private void check() {
    if (!world.directory.isOnline()) {
      return;
    }
    isChecking = true;
    noteTombstones();
    checkRecords();
    checkValues();
    checkReaders();
    isChecking = false;
  }

  /** What is there is as it was appended, and in order. */
  private void checkRecords() {
    TreeMap<Long, Entry> expected = model.entries();
    Map<Long, Fate> fates = model.fates();
    TreeMap<Long, Entry> found = new TreeMap<>();
    boolean isStamped = settings.timestampType() == TimestampType.LOG_APPEND_TIME;
    for (RecordBatch batch : batches(log.startOffset(), log.endOffset())) {
      if (!batch.isControl()) {
        for (Entry entry : CleanModel.entries(batch)) {
          if (entry.offset() >= model.start) {
            assertThat(entry).isEqualTo(expected.get(entry.offset()));
            found.put(entry.offset(), entry);
          }
        }
        assertThat(batch.timestampType() == TimestampType.LOG_APPEND_TIME).isEqualTo(isStamped);
      }
    }
    model
        .latest(log.endOffset())
        .values()
        .forEach(entry ->
            assertThat(found.containsKey(entry.offset()) || isOldTombstone(entry))
                .as("missing latest %s", entry)
                .isTrue());
    long clean = log.context().checkpoints().cleanEnd(log.partition());
    Set<Long> missing = new HashSet<>(expected.tailMap(clean).keySet());
    missing.removeAll(found.keySet());
    Map<String, Entry> latest = model.latest(log.endOffset());
    for (long offset : missing) {
      // a compaction that was not finished may have taken those that are outdated
      Entry entry = expected.get(offset);
      boolean isOutdated = entry.offset() < newest(entry.key(), latest);
      assertThat(isOutdated || fates.get(offset) == Fate.ABORTED || isOldTombstone(entry))
          .as("missing %s", entry)
          .isTrue();
    }
  }

  private static long newest(String key, Map<String, Entry> latest) {
    Entry entry = latest.get(key);
    return entry == null ? -1 : entry.offset();
  }

  private boolean isOldTombstone(Entry entry) {
    return entry.value() == null && tombstonesSince.containsKey(entry.offset());
  }

  /**
   * Below the end of what was compacted each key has one record, and no young tombstone is gone.
   */
  private void checkCleaned() {
    noteTombstones();
    long clean = log.context().checkpoints().cleanEnd(log.partition());
    Map<Long, Fate> fates = model.fates();
    Map<String, Entry> there = new HashMap<>();
    Set<Long> offsets = new HashSet<>();
    for (RecordBatch batch : batches(log.startOffset(), log.endOffset())) {
      for (Entry entry : batch.isControl() ? List.<Entry>of() : CleanModel.entries(batch)) {
        if (entry.offset() >= model.start && entry.offset() < clean) {
          assertThat(there.put(entry.key(), entry)).as("again %s", entry).isNull();
          assertThat(fates.get(entry.offset())).isEqualTo(Fate.COMMITTED);
          offsets.add(entry.offset());
        }
      }
    }
    long now = world.owners.clock().wallMs();
    model
        .latest(log.endOffset())
        .values()
        .forEach(entry -> {
          if (entry.value() == null && entry.offset() < clean) {
            long since = tombstonesSince.computeIfAbsent(entry.offset(), _ -> now);
            boolean isYoung = now < since + settings.compaction().deleteRetentionMs();
            assertThat(offsets.contains(entry.offset()) || !isYoung)
                .as("%s since=%s now=%s clean=%s", entry, since, now, clean)
                .isTrue();
          }
        });
  }

  private void checkValues() {
    if (world.directory.isOnline()) {
      long stable = log.lastStableOffset(log.endOffset());
      assertThat(CleanModel.values(committed(model.start, stable))).isEqualTo(model.values(stable));
    }
  }

  /** A reader who begins anywhere sees what of the committed records is left there. */
  private void checkReaders() {
    long stable = log.lastStableOffset(log.endOffset());
    long from = random.nextLong(model.start, Math.max(stable, model.start) + 1);
    Map<Long, Fate> fates = model.fates();
    for (Entry entry : committed(from, stable)) {
      assertThat(fates.get(entry.offset())).as("%s", entry).isEqualTo(Fate.COMMITTED);
    }
    Map<String, Entry> latest = model.latest(stable);
    Set<Long> seen = new HashSet<>();
    committed(from, stable).forEach(entry -> seen.add(entry.offset()));
    latest
        .values()
        .forEach(entry -> {
          if (entry.offset() >= from && entry.value() != null) {
            assertThat(seen).as("%s from=%s", entry, from).contains(entry.offset());
          }
        });
  }

  private List<Entry> committed(long from, long upTo) {
    return Committed.of(log, from, upTo, () -> random.nextInt(1, 4000));
  }
}
