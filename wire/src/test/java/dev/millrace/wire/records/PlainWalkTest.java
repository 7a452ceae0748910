package dev.millrace.wire.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.compress.Codec;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The quick pass held against the cursor, on good batches and on broken ones. */
class PlainWalkTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = 200 * Integer.getInteger("millrace.fuzz.rounds", 15);

  private record Found(boolean allHaveKeys, long minTimestampMs, long maxTimestampMs) {}

  @Test
  void findsWhatTheCursorFinds() {
    int good = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      ByteBuffer bytes = RandomBatch.of(random, Codec.NONE, random.nextInt(1, 6)).bytes();
      for (int damages = random.nextInt(3); damages > 0; damages--) {
        damage(bytes, random);
      }
      RecordBatch batch = RecordBatch.at(bytes);
      Found expected = byCursor(batch);
      good += expected == null ? 0 : 1;
      assertThat(byWalk(batch)).as("seed=" + (SEED + round)).isEqualTo(expected);
    }
    assertThat(good).as("seed=" + SEED).isBetween(ROUNDS / 4, ROUNDS);
  }

  /** Mostly near the beginning, where lengths and counts of the first records are. */
  private static void damage(ByteBuffer bytes, Random random) {
    int room = bytes.limit() - RecordBatch.HEADER_BYTES;
    int at = random.nextBoolean() ? random.nextInt(Math.min(room, 12)) : random.nextInt(room);
    bytes.put(RecordBatch.HEADER_BYTES + at, (byte) random.nextInt());
  }

  private static @Nullable Found byWalk(RecordBatch batch) {
    PlainWalk walk = new PlainWalk(batch);
    return walk.isInOrder(batch.recordCount())
        ? new Found(walk.allHaveKeys(), walk.minTimestampMs(), walk.maxTimestampMs())
        : null;
  }

  private static @Nullable Found byCursor(RecordBatch batch) {
    boolean allHaveKeys = true;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    try (RecordCursor records = batch.records()) {
      for (int index = 0; records.advance(true); index++) {
        if (records.offsetDelta() != index) {
          return null;
        }
        allHaveKeys &= records.hasKey();
        min = Math.min(min, records.timestampMs());
        max = Math.max(max, records.timestampMs());
      }
      return new Found(allHaveKeys, min, max);
    } catch (CorruptRecordsException wrong) {
      return null;
    }
  }
}
