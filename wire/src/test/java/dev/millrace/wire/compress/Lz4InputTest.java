package dev.millrace.wire.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.junit.jupiter.api.Test;

/** Frames that the library writes in all its ways, read by us. */
class Lz4InputTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 200);

  @Test
  void framesOfEveryKindAreReadInPiecesOfEverySize() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      String at = "seed=" + SEED + " round=" + round;
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      ByteArrayOutputStream plain = new ByteArrayOutputStream();
      for (int frames = 1 + random.nextInt(3); frames > 0; frames--) {
        byte[] content = content(random);
        plain.write(content);
        writeFrame(random, content, compressed);
        if (random.nextInt(4) == 0) {
          skippable(random, compressed);
        }
      }
      assertThat(read(random, placed(random, compressed.toByteArray())))
          .as(at)
          .isEqualTo(plain.toByteArray());
    }
  }

  @Test
  void aChecksumThatDoesNotFitIsRefused() throws IOException {
    byte[] content = content(new Random(SEED));
    for (FLG.Bits sum : List.of(FLG.Bits.BLOCK_CHECKSUM, FLG.Bits.CONTENT_CHECKSUM)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (LZ4FrameOutputStream frame =
          new LZ4FrameOutputStream(out, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE, sum)) {
        frame.write(content);
      }
      byte[] damaged = out.toByteArray();
      int at = sum == FLG.Bits.CONTENT_CHECKSUM ? damaged.length - 1 : damaged.length - 5;
      damaged[at] ^= 1;
      assertThatThrownBy(() -> read(new Random(1), ByteBuffer.wrap(damaged)))
          .isInstanceOf(CompressionException.class)
          .hasMessageContaining("another checksum");
    }
  }

  @Test
  void blocksThatDependOnEachOtherAreRefused() {
    // version 01 without the bit of independence; its checksum does not matter any more
    byte[] head = {0x04, 0x22, 0x4D, 0x18, 0x40, 0x40, 0, 0, 0, 0, 0};
    assertThatThrownBy(() -> read(new Random(1), ByteBuffer.wrap(head)))
        .isInstanceOf(CompressionException.class)
        .hasMessageContaining("depend on each other");
  }

  @Test
  void aBlockTakesNoMoreMemoryThanItCanBecome() {
    // a head that allows 4 MiB, and a block of 3 bytes: there is no more than 765 in it
    byte[] head = {0x04, 0x22, 0x4D, 0x18, 0x60, 0x70, 0, 3, 0, 0, 0, 0x1F, 'a', 1};
    head[6] = headSum(head);
    assertThatThrownBy(() -> read(new Random(1), ByteBuffer.wrap(head)))
        .isInstanceOf(CompressionException.class);
  }

  private static byte headSum(byte[] head) {
    return (byte)
        (net.jpountz.xxhash.XXHashFactory.fastestInstance().hash32().hash(head, 4, 2, 0) >>> 8);
  }

  private static byte[] content(Random random) {
    byte[] content = new byte[random.nextInt(random.nextInt(10) == 0 ? 600_000 : 5_000)];
    random.nextBytes(content);
    boolean isText = random.nextBoolean();
    for (int i = 0; isText && i < content.length; i++) {
      content[i] = (byte) ('a' + (content[i] & 3));
    }
    return content;
  }

  private static void writeFrame(Random random, byte[] content, ByteArrayOutputStream into)
      throws IOException {
    List<FLG.Bits> flags = new ArrayList<>(List.of(FLG.Bits.BLOCK_INDEPENDENCE));
    if (random.nextBoolean()) {
      flags.add(FLG.Bits.BLOCK_CHECKSUM);
    }
    if (random.nextBoolean()) {
      flags.add(FLG.Bits.CONTENT_CHECKSUM);
    }
    boolean saysSize = random.nextBoolean();
    if (saysSize) {
      flags.add(FLG.Bits.CONTENT_SIZE);
    }
    BLOCKSIZE size = BLOCKSIZE.values()[random.nextInt(BLOCKSIZE.values().length)];
    try (LZ4FrameOutputStream out =
        new LZ4FrameOutputStream(
            into, size, saysSize ? content.length : -1, flags.toArray(FLG.Bits[]::new))) {
      out.write(content);
    }
  }

  private static void skippable(Random random, ByteArrayOutputStream into) {
    int length = random.nextInt(30);
    ByteBuffer frame =
        ByteBuffer.allocate(8 + length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0x184D2A50 + random.nextInt(16))
            .putInt(length);
    into.writeBytes(frame.array());
  }

  /** The same bytes on the heap or outside, read-only or not, somewhere in a larger buffer. */
  private static ByteBuffer placed(Random random, byte[] bytes) {
    int before = random.nextInt(20);
    int all = before + bytes.length + random.nextInt(20);
    ByteBuffer buffer =
        random.nextBoolean() ? ByteBuffer.allocate(all) : ByteBuffer.allocateDirect(all);
    buffer.put(before, bytes).position(before).limit(before + bytes.length);
    ByteBuffer placed = random.nextBoolean() ? buffer.slice() : buffer;
    return random.nextBoolean() ? placed.asReadOnlyBuffer() : placed;
  }

  private static byte[] read(Random random, ByteBuffer compressed) {
    int position = compressed.position();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (InputStream in = Codec.LZ4.decompress(compressed, 10_000_000)) {
      byte[] piece = new byte[1 + random.nextInt(random.nextBoolean() ? 200_000 : 300)];
      for (int count = 0; count >= 0; ) {
        int offset = random.nextInt(piece.length);
        count = in.read(piece, offset, piece.length - offset);
        all.write(piece, offset, Math.max(count, 0));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(compressed.position()).isEqualTo(position);
    return all.toByteArray();
  }
}
