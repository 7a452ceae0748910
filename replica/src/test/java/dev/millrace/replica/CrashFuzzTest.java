package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.AppendOrigin;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A node that loses power again and again while it is written and read. Whatever was acknowledged
 * with acks=all, and whatever a consumer has read, is there afterwards at the same offset; high
 * watermarks never go back; an idempotent producer that tries again is written once. Copies move
 * between the log directories meanwhile.
 */
@Tag("fuzz")
class CrashFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 15);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int LIVES = 6;
  private static final int PARTITIONS = 3;

  @Test
  void whatWasAcknowledgedOrReadSurvivesEveryCrash() {
    for (int round = 0; round < ROUNDS; round++) {
      new Run(SEED + round).run();
    }
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final World world;
    private final List<Producer> producers = new ArrayList<>();
    private int values;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.world = new World(seed, "/one", "/two");
    }

    void run() {
      world.start();
      world.createTopic("t", PARTITIONS, "segment.bytes", "1048576");
      for (int i = 0; i < PARTITIONS; i++) {
        producers.add(new Producer(i));
      }
      for (int life = 0; life < LIVES; life++) {
        int steps = random.nextInt(120);
        for (int step = 0; step < steps; step++) {
          step();
        }
        end();
        world.start();
        producers.forEach(Producer::check);
      }
    }

    private void step() {
      Producer producer = producers.get(random.nextInt(PARTITIONS));
      switch (random.nextInt(11)) {
        case 10 -> producer.move();
        case 0, 1, 2, 3 -> producer.send();
        case 4 -> producer.consume();
        case 5 -> producer.partition().deleteRecords(producer.deletable());
        case 6 -> world.owners.runMs(random.nextInt(20));
        default -> {
          for (int i = random.nextInt(5); i > 0; i--) {
            world.owners.step();
          }
        }
      }
      assertThat(producer.partition().bounds().highWatermark())
          .as("high watermark is on disk, seed=%d", seed)
          .isLessThanOrEqualTo(Math.max(producer.partition().durableEnd(), producer.highWatermark));
      producer.watch();
    }

    private void end() {
      switch (random.nextInt(4)) {
        case 0 -> world.stop();
        case 1 -> world.crash(Crash.losingUnsynced());
        case 2 -> world.crash(Crash.ofProcess());
        default -> world.crash(Crash.random(random));
      }
    }

    /** An idempotent producer of one partition with one batch in flight, and a consumer of it. */
    private final class Producer {
      private final int index;
      private final Map<Long, String> acknowledged = new HashMap<>();
      private final Map<Long, String> seen = new HashMap<>();
      private long highWatermark;
      private long sentOffset;
      private int sequence;
      private String inFlight;

      Producer(int index) {
        this.index = index;
      }

      Partition partition() {
        return world.partition("t", index);
      }

      void send() {
        if (inFlight == null) {
          inFlight = "value-" + values++;
        }
        String value = inFlight;
        BatchBuilder builder =
            BatchBuilder.from(0)
                .producer(100 + index, (short) 0, sequence)
                .append(world.owners.clock().wallMs(), null, Bytes.utf8(value));
        AppendOutcome outcome =
            partition().append(RecordBatch.at(builder.build()), AppendOrigin.CLIENT, true);
        AppendOutcome.Appended appended = (AppendOutcome.Appended) outcome;
        sentOffset = appended.baseOffset();
        partition().whenCommitted(appended.endOffset(), error -> settled(value, appended, error));
      }

      private void settled(String value, AppendOutcome.Appended appended, ErrorCode error) {
        if (error == ErrorCode.NONE) {
          String before = acknowledged.put(appended.baseOffset(), value);
          assertThat(before).as("seed=%d", seed).isIn(null, value);
          if (value.equals(inFlight)) {
            inFlight = null;
            sequence++;
          }
        }
      }

      /** Has the copy brought to one of the two directories, wherever it is. */
      void move() {
        String to = random.nextBoolean() ? "/one" : "/two";
        world.partitions.place(List.of(new DirectoryWish("t", index, to)), errors -> {});
      }

      void consume() {
        long offset = partition().bounds().logStartOffset();
        for (String value : World.values(partition(), offset)) {
          seen.put(offset++, value);
        }
      }

      void watch() {
        long now = partition().bounds().highWatermark();
        assertThat(now).as("seed=%d", seed).isGreaterThanOrEqualTo(highWatermark);
        highWatermark = now;
      }

      long deletable() {
        return Math.max(partition().bounds().highWatermark() - 3, 0);
      }

      void check() {
        Partition partition = partition();
        long end = partition.log().endOffset();
        assertThat(end).as("seed=%d", seed).isGreaterThanOrEqualTo(highWatermark);
        world.owners.runUntil(() -> partition.bounds().highWatermark() == end, 10_000);
        highWatermark = end;
        long start = partition.bounds().logStartOffset();
        List<String> there = World.values(partition, start);
        assertThat(there).as("seed=%d", seed).doesNotHaveDuplicates();
        Map<Long, String> promised = new HashMap<>(seen);
        promised.putAll(acknowledged);
        promised.forEach((offset, value) -> {
          if (offset >= start) {
            assertThat(there.get((int) (offset - start)))
                .as("seed=%d partition=%d offset=%d", seed, index, offset)
                .isEqualTo(value);
          }
        });
        // what was sent and not acknowledged may be there or not: the producer tries again
        assertThat(sentOffset).as("seed=%d", seed).isLessThanOrEqualTo(end);
      }
    }
  }
}
