package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * LZ4 frames by lz4-java: written as 64 KiB independent blocks without checksums, as Kafka's
 * clients write them. The frame's header limits a block to 4 MiB.
 *
 * <pre>
 *   magic        int32 little-endian   0x184D2204
 *   flags        int8                  version 01, blocks are independent
 *   block size   int8                  4 = 64 KiB, in bits 4 to 6
 *   checksum     int8                  second byte of the XXH32 of the two above
 *   blocks       each: int32 little-endian length, highest bit: not compressed; then its bytes
 *   end          int32                 0
 * </pre>
 */
enum Lz4Compression implements Compression {
  INSTANCE;

  private static final long SIZE_UNKNOWN = -1;

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int PLAIN_BIT = 1 << 31;

  private static final LZ4Factory FACTORY = LZ4Factory.fastestInstance();
  private static final XXHash32 CHECKSUM = XXHashFactory.fastestInstance().hash32();
  private static final VarHandle LITTLE_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] FRAME_START = frameStart();
  private static final byte[] FRAME_END = new byte[Integer.BYTES];

  @Override
  public InputStream reading(ByteBuffer compressed, long plainBytesMax) {
    return new Lz4Input(compressed, FACTORY.safeDecompressor(), CHECKSUM);
  }

  @Override
  public OutputStream writing(OutputStream into, int level) throws IOException {
    return new LZ4FrameOutputStream(
        into,
        BLOCKSIZE.SIZE_64KB,
        SIZE_UNKNOWN,
        compressor(level),
        CHECKSUM,
        FLG.Bits.BLOCK_INDEPENDENCE);
  }

  private static LZ4Compressor compressor(int level) {
    return level == Codec.LZ4.levelDefault()
        ? FACTORY.fastCompressor()
        : FACTORY.highCompressor(level);
  }

  @Override
  public <T extends OutputStream & BlockTarget> void write(
      byte[] from, int offset, int length, T into, int level) {
    LZ4Compressor compressor = compressor(level);
    int blockMax = compressor.maxCompressedLength(Math.min(length, BLOCK_BYTES));
    if (put(into, FRAME_START)) {
      for (int done = 0; done < length; done += BLOCK_BYTES) {
        int plain = Math.min(BLOCK_BYTES, length - done);
        if (!block(compressor, from, offset + done, plain, into, blockMax)) {
          return;
        }
      }
      put(into, FRAME_END);
    }
  }

  /** One block, as it is when it does not get smaller; returns whether there was room. */
  private static boolean block(
      LZ4Compressor compressor,
      byte[] from,
      int offset,
      int plain,
      BlockTarget into,
      int blockMax) {
    byte[] memory = into.reserved(Integer.BYTES + blockMax);
    if (memory.length == 0) {
      return false;
    }
    int at = into.position();
    int body = at + Integer.BYTES;
    int packed = compressor.compress(from, offset, plain, memory, body, blockMax);
    if (packed >= plain) {
      System.arraycopy(from, offset, memory, body, plain);
      LITTLE_INT.set(memory, at, plain | PLAIN_BIT);
      into.advance(Integer.BYTES + plain);
    } else {
      LITTLE_INT.set(memory, at, packed);
      into.advance(Integer.BYTES + packed);
    }
    return true;
  }

  private static boolean put(BlockTarget into, byte[] bytes) {
    byte[] memory = into.reserved(bytes.length);
    if (memory.length == 0) {
      return false;
    }
    System.arraycopy(bytes, 0, memory, into.position(), bytes.length);
    into.advance(bytes.length);
    return true;
  }

  private static byte[] frameStart() {
    byte[] start = {0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0};
    start[6] = (byte) (CHECKSUM.hash(start, 4, 2, 0) >>> 8);
    return start;
  }
}
