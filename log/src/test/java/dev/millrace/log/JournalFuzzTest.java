package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Several logs that share a small flush journal, over truncations, topics made anew, rolls, early
 * and late settlements and crashes at any write. What was reported as on disk is there afterwards,
 * and what was taken back is not. {@code -Dmillrace.seed=N} runs one story, fuzz.rounds=N more.
 */
class JournalFuzzTest {
  private static final int LOGS = 4;
  private static final int STEPS = 250;
  private static final int JOURNAL_BYTES = 64 << 10;

  @Test
  void whatWasFlushedIsThereAndWhatWasTakenBackIsNot() {
    Long one = Long.getLong("millrace.seed");
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 100);
    for (long seed = one == null ? 1 : one; seed <= (one == null ? rounds : one); seed++) {
      try {
        new Story(seed).run();
      } catch (AssertionError | RuntimeException failure) {
        throw new AssertionError("story fails, -Dmillrace.seed=" + seed, failure);
      }
    }
  }

  /** One log, and what it holds or may hold. */
  private static final class Told {
    final TopicPartition partition;
    int incarnation;
    PartitionLog log;
    List<ByteBuffer> batches = new ArrayList<>();

    Told(int index) {
      partition = new TopicPartition("orders", index);
    }

    Uuid topicId() {
      return new Uuid(7, 100L * partition.partition() + incarnation);
    }
  }

  private static final class Story {
    private final SplittableRandom random;
    private final LogWorld world;
    private final LogSettings settings;
    private final List<Told> logs = new ArrayList<>();
    private boolean isDying;

    Story(long seed) {
      random = new SplittableRandom(seed);
      world = new LogWorld(seed, JOURNAL_BYTES);
      settings =
          LogSettings.DEFAULT.withSegment(
              new LogSettings.SegmentSettings(
                  random.nextBoolean() ? 3000 : 1 << 20, 7L * 86_400_000, 0, 256, 10 << 20));
      for (int i = 0; i < LOGS; i++) {
        logs.add(new Told(i));
      }
      openAll();
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step(logs.get(random.nextInt(LOGS)));
      }
      crash();
    }

    private void step(Told told) {
      switch (random.nextInt(40)) {
        case 0 -> truncate(told);
        case 1 -> renew(told);
        case 2 -> world.directory.checkpoint();
        case 3 -> restart();
        case 4 -> crash();
        case 5 -> dieInWork();
        case 6 -> world.owners.runMs(random.nextInt(8000));
        case 7, 8, 9, 10 -> world.owners.runMs(1);
        case 11, 12, 13, 14, 15, 16, 17, 18 -> world.owners.step();
        default -> append(told);
      }
    }

    private void append(Told told) {
      byte[] noise = new byte[random.nextInt(10, random.nextInt(8) == 0 ? 2500 : 200)];
      random.nextBytes(noise);
      ByteBuffer batch = LogWorld.batch(10, java.util.HexFormat.of().formatHex(noise));
      int bytes = batch.remaining();
      if (told.log.append(batch, 0, AppendOrigin.CLIENT) instanceof AppendResult.Appended) {
        told.batches.add(ByteBuffer.allocate(bytes).put(batch.duplicate()).flip());
      } else {
        assertThat(isDying || bytes > settings.segment().bytesMax()).isTrue();
      }
    }

    private void truncate(Told told) {
      if (!told.batches.isEmpty()) {
        int to = random.nextInt(told.batches.size());
        assertThat(told.log.keeping().truncateTo(to)).isTrue();
        told.batches.subList(to, told.batches.size()).clear();
      }
    }

    private void renew(Told told) {
      world.directory.remove(told.log);
      told.incarnation++;
      told.batches.clear();
      open(told);
    }

    private void restart() {
      world.cleanRestart();
      openAll();
      logs.forEach(told -> assertThat(told.log.endOffset()).isEqualTo(told.batches.size()));
      check();
    }

    private void dieInWork() {
      int[] left = {random.nextInt(1, 40)};
      world.disk.faults((operation, path) -> left[0]-- <= 0 ? DiskException.Kind.FAILED : null);
      isDying = true;
      while (world.directory.isOnline()) {
        if (random.nextBoolean()) {
          append(logs.get(random.nextInt(LOGS)));
        } else {
          world.owners.runMs(random.nextInt(4) == 0 ? 6000 : 1);
        }
      }
      isDying = false;
      crash();
    }

    private void crash() {
      long[] promised = logs.stream().mapToLong(told -> told.log.flushedEnd()).toArray();
      world.crash(
          switch (random.nextInt(4)) {
            case 0 -> Crash.losingUnsynced();
            case 1 -> Crash.ofProcess();
            default -> Crash.random(random);
          });
      openAll();
      for (int i = 0; i < LOGS; i++) {
        Told told = logs.get(i);
        long end = told.log.endOffset();
        assertThat(end).as("log %d", i).isBetween(promised[i], told.batches.size() + 1L);
        if (end > told.batches.size()) {
          // the last append failed, and is there all the same
          ByteBuffer last = LogWorld.bytes(told.log.read(end - 1, 1, true, end));
          told.batches.add(ByteBuffer.allocate(last.remaining()).put(last).flip());
        }
        told.batches.subList((int) end, told.batches.size()).clear();
      }
      check();
    }

    private void check() {
      for (Told told : logs) {
        for (int i = 0; i < told.batches.size(); i++) {
          ByteBuffer found = LogWorld.bytes(told.log.read(i, 1, true, i + 1L));
          assertThat(RecordBatch.at(found).baseOffset()).isEqualTo(i);
          assertThat(found).as("%s offset %d", told.partition, i).isEqualTo(told.batches.get(i));
        }
      }
    }

    private void openAll() {
      logs.forEach(this::open);
    }

    private void open(Told told) {
      OpenResult result = world.directory.open(told.partition, told.topicId(), settings);
      if (result instanceof OpenResult.OtherTopic(Uuid former)) {
        // the crash took the removal of the former topic's directory back
        assertThat(former).isNotEqualTo(told.topicId());
        world.directory.removeStray(new LogDirectory.Entry(told.partition, former));
        result = world.directory.open(told.partition, told.topicId(), settings);
      }
      assertThat(result).isInstanceOf(OpenResult.Opened.class);
      told.log = ((OpenResult.Opened) result).log();
    }
  }
}
