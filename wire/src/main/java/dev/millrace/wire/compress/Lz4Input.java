package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;

/**
 * LZ4 frames that lie in memory as a whole, one after another, as one stream. A block goes straight
 * into the reader's memory when that has room for it; otherwise it waits in memory of its own,
 * which is never more than 255 times what the block takes packed. Frames of any origin are read:
 * blocks of up to 4 MiB, with and without checksums and the size of their content; skippable frames
 * are skipped. Blocks that need the one before them are refused, as Kafka does.
 */
final class Lz4Input extends InputStream {
  private static final int MAGIC = 0x184D2204;
  private static final int SKIPPABLE = 0x184D2A50;
  private static final int SKIPPABLE_MASK = 0xFFFFFFF0;

  private static final int VERSION_1 = 1;
  private static final int INDEPENDENT_BIT = 1 << 5;
  private static final int BLOCK_SUM_BIT = 1 << 4;
  private static final int SIZE_BIT = 1 << 3;
  private static final int CONTENT_SUM_BIT = 1 << 2;
  private static final int FLAGS_UNKNOWN = 0x03;
  private static final int BLOCK_UNKNOWN = 0x8F;
  private static final int BLOCK_ID_MIN = 4;

  /** No block becomes more than so many times larger. */
  private static final long GROWTH_MAX = 255;

  private static final long SIZE_UNKNOWN = -1;
  private static final byte[] NOTHING = {};

  private final ByteBuffer in;
  private final LZ4SafeDecompressor decompressor;
  private final XXHash32 checksum;

  private boolean isInFrame;
  private int blockBytesMax;
  private boolean hasBlockSums;
  private @Nullable StreamingXXHash32 contentSum;
  private long contentBytes;
  private long frameBytes;

  /** What was decompressed and did not fit the reader's memory. */
  private byte[] rest = NOTHING;

  private int restFrom;
  private int restTo;

  /**
   * @param compressed from position to limit; its position moves
   */
  Lz4Input(ByteBuffer compressed, LZ4SafeDecompressor decompressor, XXHash32 checksum) {
    this.in = compressed.order(ByteOrder.LITTLE_ENDIAN);
    this.decompressor = decompressor;
    this.checksum = checksum;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (length > 0) {
      if (restFrom < restTo) {
        int count = Math.min(length, restTo - restFrom);
        System.arraycopy(rest, restFrom, into, offset, count);
        restFrom += count;
        return count;
      }
      if (!isInFrame && !begin()) {
        return -1;
      }
      int count = block(into, offset, length);
      if (count > 0) {
        return count;
      }
    }
    return 0;
  }

  /** Reads the head of the next frame; returns whether there is one. */
  private boolean begin() throws IOException {
    while (in.hasRemaining()) {
      int magic = int32();
      if (magic == MAGIC) {
        head();
        return true;
      }
      if ((magic & SKIPPABLE_MASK) != SKIPPABLE) {
        throw new IOException("frame does not begin as one, magic=" + Integer.toHexString(magic));
      }
      int skipped = int32();
      require(skipped);
      in.position(in.position() + skipped);
    }
    return false;
  }

  private void head() throws IOException {
    int start = in.position();
    require(Short.BYTES);
    int flags = in.get();
    int block = in.get();
    int id = (block >>> 4) & 0x07;
    boolean isKnown = (flags & 0xff) >>> 6 == VERSION_1 && (flags & FLAGS_UNKNOWN) == 0;
    if (!isKnown || (block & BLOCK_UNKNOWN) != 0 || id < BLOCK_ID_MIN) {
      throw new IOException("frame has unknown flags, flags=" + flags + " block=" + block);
    }
    if ((flags & INDEPENDENT_BIT) == 0) {
      throw new IOException("blocks that depend on each other are not supported");
    }
    contentBytes = SIZE_UNKNOWN;
    if ((flags & SIZE_BIT) != 0) {
      require(Long.BYTES);
      contentBytes = in.getLong();
    }
    int expected = (checksum.hash(in, start, in.position() - start, 0) >>> 8) & 0xff;
    require(1);
    if ((in.get() & 0xff) != expected) {
      throw new IOException("frame's head has another checksum");
    }
    blockBytesMax = 1 << (2 * id + 8);
    hasBlockSums = (flags & BLOCK_SUM_BIT) != 0;
    contentSum =
        (flags & CONTENT_SUM_BIT) == 0
            ? null
            : XXHashFactory.fastestInstance().newStreamingHash32(0);
    frameBytes = 0;
    isInFrame = true;
  }

  /**
   * Reads the next block, or the frame's end.
   *
   * @return the bytes that are in the reader's memory now
   */
  private int block(byte[] into, int offset, int length) throws IOException {
    int word = int32();
    if (word == 0) {
      end();
      return 0;
    }
    boolean isPlain = word < 0;
    int packed = word & Integer.MAX_VALUE;
    require(packed);
    int from = in.position();
    in.position(from + packed);
    if (hasBlockSums && int32() != checksum.hash(in, from, packed, 0)) {
      throw new IOException("block has another checksum");
    }
    long room = isPlain ? packed : Math.min(blockBytesMax, packed * GROWTH_MAX);
    if (room > blockBytesMax) {
      throw new IOException("block is too large, bytes=" + packed + " max=" + blockBytesMax);
    }
    boolean isDirect = length >= room;
    if (!isDirect && rest.length < room) {
      rest = new byte[(int) room];
    }
    byte[] memory = isDirect ? into : rest;
    int at = isDirect ? offset : 0;
    int count = isPlain ? copy(from, packed, memory, at) : unpack(from, packed, memory, at, room);
    frameBytes += count;
    if (contentSum != null) {
      contentSum.update(memory, at, count);
    }
    restFrom = 0;
    restTo = isDirect ? 0 : count;
    return isDirect ? count : 0;
  }

  private int copy(int from, int count, byte[] memory, int at) {
    in.get(from, memory, at, count);
    return count;
  }

  private int unpack(int from, int packed, byte[] memory, int at, long room) {
    if (in.hasArray()) {
      return decompressor.decompress(
          in.array(), in.arrayOffset() + from, packed, memory, at, (int) room);
    }
    if (in.isDirect()) {
      return decompressor.decompress(in, from, packed, ByteBuffer.wrap(memory), at, (int) room);
    }
    byte[] copy = new byte[packed];
    in.get(from, copy);
    return decompressor.decompress(copy, 0, packed, memory, at, (int) room);
  }

  private void end() throws IOException {
    isInFrame = false;
    StreamingXXHash32 sum = contentSum;
    if (sum != null && int32() != sum.getValue()) {
      throw new IOException("content has another checksum");
    }
    if (contentBytes != SIZE_UNKNOWN && contentBytes != frameBytes) {
      throw new IOException(
          "content has another size, bytes=" + frameBytes + " expected=" + contentBytes);
    }
  }

  private int int32() throws IOException {
    require(Integer.BYTES);
    return in.getInt();
  }

  private void require(int count) throws IOException {
    if (count < 0 || in.remaining() < count) {
      throw new IOException("input is cut short, left=" + in.remaining() + " needed=" + count);
    }
  }

  @Override
  public void close() {
    rest = NOTHING;
    restFrom = 0;
    restTo = 0;
  }
}
