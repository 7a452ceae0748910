package dev.millrace.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Against the vectors of the authors: key 00 01 .. 0f, input 00 01 .. */
class KeyHashTest {
  private final KeyHash hash =
      new KeyHash(Long.reverseBytes(0x0001020304050607L), Long.reverseBytes(0x08090a0b0c0d0e0fL));

  private String hashed(ByteBuffer key) {
    hash.take(key);
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return HexFormat.of().formatHex(bytes.putLong(hash.low()).putLong(hash.high()).array());
  }

  private static ByteBuffer input(int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      bytes.put(i, (byte) i);
    }
    return bytes;
  }

  @Test
  void isSipHashWith128Bits() {
    assertThat(hashed(input(0))).isEqualTo("a3817f04ba25a8e66df67214c7550293");
    assertThat(hashed(input(1))).isEqualTo("da87c1d86b99af44347659119b22fc45");
    assertThat(hashed(input(15))).isEqualTo("5493e99933b0a8117e08ec0f97cfc3d9");
    assertThat(hashed(input(63))).isEqualTo("5150d1772f50834a503e069a973fbd7c");
  }

  @Test
  void isTheSameInAnyByteOrderAndPlace() {
    ByteBuffer key = input(29);
    String expected = hashed(key);
    ByteBuffer within = ByteBuffer.allocateDirect(64).position(7).put(key.duplicate()).flip();
    assertThat(hashed(within.position(7).slice().order(ByteOrder.LITTLE_ENDIAN)))
        .isEqualTo(expected);
    assertThat(hashed(within)).isEqualTo(expected);
    assertThat(within.position()).isEqualTo(7);
  }

  @Test
  void everyLengthIsAnother() {
    Set<String> seen = new HashSet<>();
    for (int length = 0; length < 200; length++) {
      assertThat(seen.add(hashed(ByteBuffer.allocate(length)))).isTrue();
    }
  }
}
