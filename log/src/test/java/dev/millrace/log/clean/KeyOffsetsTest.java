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
