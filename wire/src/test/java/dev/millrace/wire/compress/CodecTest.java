package dev.millrace.wire.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

class CodecTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int PLAIN_BYTES_MAX = 1 << 20;

  private static byte[] compress(Codec codec, int level, byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream compressed = codec.compress(out, level)) {
      compressed.write(plain);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] decompress(Codec codec, byte[] compressed, long plainBytesMax) {
    try (InputStream in = codec.decompress(ByteBuffer.wrap(compressed), plainBytesMax)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Half of it can be compressed. */
  private static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    for (int i = 0; i < length / 2; i++) {
      bytes[i] = (byte) (i % 7);
    }
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void whatGoesInComesOut(Codec codec) {
    Random random = new Random(SEED);
    for (int length : new int[] {0, 1, 15, 16, 17, 1000, 32 * 1024, 70_000, 300_000}) {
      byte[] plain = randomBytes(random, length);
      byte[] compressed = compress(codec, codec.levelDefault(), plain);
      assertThat(decompress(codec, compressed, length))
          .as("seed=%d codec=%s length=%d", SEED, codec, length)
          .isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void everyLevelCanBeRead(Codec codec) {
    byte[] plain = randomBytes(new Random(SEED), 20_000);
    for (int level : new int[] {codec.levelMin(), codec.levelMax()}) {
      assertThat(decompress(codec, compress(codec, level, plain), plain.length))
          .as("seed=%d codec=%s level=%d", SEED, codec, level)
          .isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void concatenatedBlocksAreReadAsOne(Codec codec) {
    byte[] one = compress(codec, codec.levelDefault(), new byte[100]);
    ByteBuffer two = ByteBuffer.allocate(2 * one.length).put(one).put(one);
    assertThat(decompress(codec, two.array(), PLAIN_BYTES_MAX)).isEqualTo(new byte[200]);
  }

  @ParameterizedTest
  @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void moreThanTheLimitIsRefused(Codec codec) {
    byte[] compressed = compress(codec, codec.levelDefault(), new byte[1001]);
    assertThat(decompress(codec, compressed, 1001)).hasSize(1001);
    assertThatThrownBy(() -> decompress(codec, compressed, 1000))
        .isInstanceOf(CompressionException.class)
        .hasMessageContaining("max=1000");
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void everyCutIsRefused(Codec codec) {
    byte[] compressed = compress(codec, codec.levelDefault(), randomBytes(new Random(SEED), 3000));
    for (int length = 1; length < compressed.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(compressed, length);
      assertThatThrownBy(() -> decompress(codec, cut, PLAIN_BYTES_MAX))
          .as("seed=%d codec=%s length=%d of %d", SEED, codec, length, compressed.length)
          .isInstanceOf(CompressionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void damageEndsInOneFamilyOfExceptionOrInBytes(Codec codec) {
    Random random = new Random(SEED);
    byte[] compressed = compress(codec, codec.levelDefault(), randomBytes(random, 2000));
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 2000);
    for (int round = 0; round < rounds; round++) {
      byte[] damaged = compressed.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      assertThatCode(() -> tolerant(codec, damaged))
          .as("seed=%d codec=%s round=%d", SEED, codec, round)
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void noiseEndsInOneFamilyOfExceptionOrInBytes(Codec codec) {
    Random random = new Random(SEED);
    byte[] head = compress(codec, codec.levelDefault(), new byte[20]);
    for (int round = 0; round < 2000; round++) {
      byte[] noise = new byte[random.nextInt(60)];
      random.nextBytes(noise);
      int kept = Math.min(random.nextInt(20), Math.min(noise.length, head.length));
      System.arraycopy(head, 0, noise, 0, kept);
      assertThatCode(() -> tolerant(codec, noise))
          .as("seed=%d codec=%s round=%d", SEED, codec, round)
          .doesNotThrowAnyException();
    }
  }

  private static void tolerant(Codec codec, byte[] compressed) {
    try {
      decompress(codec, compressed, PLAIN_BYTES_MAX);
    } catch (CompressionException expected) {
      assertThat(expected.getMessage()).isNotBlank();
    }
  }

  @Test
  void bareSnappyBlockIsRead() throws IOException {
    for (int length : new int[] {0, 1, 10, 5000}) {
      byte[] plain = randomBytes(new Random(SEED), length);
      assertThat(decompress(Codec.SNAPPY, Snappy.compress(plain), PLAIN_BYTES_MAX))
          .as("seed=%d length=%d", SEED, length)
          .isEqualTo(plain);
    }
  }

  @Test
  void snappyBlockThatClaimsTooMuchIsRefused() throws IOException {
    // a length of 2^31 - 1 in the block's first bytes
    byte[] impossible = {-1, -1, -1, -1, 7, 0};
    assertThatThrownBy(() -> decompress(Codec.SNAPPY, impossible, Long.MAX_VALUE))
        .isInstanceOf(CompressionException.class);
    byte[] possible = Snappy.compress(new byte[100_000]);
    assertThatThrownBy(() -> decompress(Codec.SNAPPY, possible, 99_999))
        .isInstanceOf(CompressionException.class)
        .hasMessageContaining("max=99999");
  }

  @Test
  void levelsOutsideTheRangeAreRefused() {
    for (Codec codec : Codec.values()) {
      assertThatThrownBy(
              () -> codec.compress(OutputStream.nullOutputStream(), codec.levelMax() + 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> codec.compress(OutputStream.nullOutputStream(), codec.levelMin() - 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void numbersWithoutCodecHaveNone() {
    assertThat(Codec.of(-1)).isNull();
    assertThat(Codec.of(5)).isNull();
    for (Codec codec : Codec.values()) {
      assertThat(Codec.of(codec.id())).isSameAs(codec);
    }
  }
}
