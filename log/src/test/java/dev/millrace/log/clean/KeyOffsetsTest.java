package dev.millrace.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KeyOffsetsTest {
  private static ByteBuffer key(long number) {
    return ByteBuffer.wrap(("key-" + number).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void isAMapOfBoundedSize() {
    long seed = Long.getLong("millrace.seed", 5);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      int bytes = random.nextInt(1, 3000);
      Map<Long, Long> expected = new HashMap<>();
      try (KeyOffsets keys = new KeyOffsets(bytes, 0.9, random.nextLong(), random.nextLong())) {
        keys.begin(random.nextInt(1, 500));
        assertThat(keys.bytes())
            .as("seed=%s", seed)
            .isLessThanOrEqualTo(Math.max(bytes, 2 * KeyOffsets.SLOT_BYTES));
        for (long offset = 0; offset < 400; offset++) {
          long number = random.nextInt(300);
          boolean isKnown = expected.containsKey(number);
          boolean isTaken = keys.put(key(number), offset);
          assertThat(isTaken).isEqualTo(isKnown || expected.size() < keys.capacity());
          if (isTaken) {
            expected.put(number, offset);
          }
        }
        assertThat(keys.size()).isEqualTo(expected.size());
        for (long number = 0; number < 300; number++) {
          assertThat(keys.latest(key(number)))
              .isEqualTo(expected.getOrDefault(number, KeyOffsets.NONE));
        }
      }
    }
  }

  /** Batch by batch is the same as key by key, also where the memory ends. */
  @Test
  void takesAndFindsWholeBatches() {
    long seed = Long.getLong("millrace.seed", 6);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      int bytes = random.nextInt(1, 30_000);
      try (KeyOffsets keys = new KeyOffsets(bytes, 0.9, 3, 4);
          KeyOffsets expected = new KeyOffsets(bytes, 0.9, 3, 4)) {
        keys.begin(2_000);
        expected.begin(2_000);
        BatchKeys batch = new BatchKeys(keys);
        int count = random.nextInt(1, 1_500);
        int taken = count;
        for (int i = 0; i < count; i++) {
          ByteBuffer key = key(random.nextInt(1_000));
          batch.add(key, i);
          if (taken == count && !expected.put(key, i)) {
            taken = i;
          }
        }
        assertThat(keys.put(batch)).as("seed=%s", seed).isEqualTo(taken);
        assertThat(keys.size()).isEqualTo(expected.size());
        batch.clear();
        for (int i = 0; i < 1_000; i++) {
          batch.add(key(i), 0);
        }
        batch.addNone();
        keys.find(batch);
        for (int i = 0; i < 1_000; i++) {
          assertThat(batch.offset(i)).as("seed=%s", seed).isEqualTo(expected.latest(key(i)));
        }
      }
    }
  }

  @Test
  void takesNoMoreThanItsKeysNeed() {
    KeyOffsets keys = new KeyOffsets(1L << 40, 0.5, 1, 2);
    keys.begin(100);
    assertThat(keys.bytes()).isLessThan(300 * KeyOffsets.SLOT_BYTES);
    for (int i = 0; i < 100; i++) {
      assertThat(keys.put(key(i), i)).isTrue();
    }
    keys.begin(10);
    assertThat(keys.size()).isZero();
    assertThat(keys.latest(key(1))).isEqualTo(KeyOffsets.NONE);
    keys.close();
    assertThat(keys.bytes()).isZero();
  }
}
