package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * LZ4 frames by lz4-java: written as 64 KiB independent blocks without checksums, as Kafka's
 * clients write them. The frame's header limits a block to 4 MiB.
 */
enum Lz4Compression implements Compression {
  INSTANCE;

  private static final long SIZE_UNKNOWN = -1;

  private static final LZ4Factory FACTORY = LZ4Factory.fastestInstance();
  private static final XXHash32 CHECKSUM = XXHashFactory.fastestInstance().hash32();

  @Override
  public InputStream reading(InputStream compressed, long plainBytesMax) throws IOException {
    return new LZ4FrameInputStream(compressed, FACTORY.safeDecompressor(), CHECKSUM);
  }

  @Override
  public OutputStream writing(OutputStream into, int level) throws IOException {
    LZ4Compressor compressor =
        level == Codec.LZ4.levelDefault()
            ? FACTORY.fastCompressor()
            : FACTORY.highCompressor(level);
    return new LZ4FrameOutputStream(
        into, BLOCKSIZE.SIZE_64KB, SIZE_UNKNOWN, compressor, CHECKSUM, FLG.Bits.BLOCK_INDEPENDENCE);
  }
}
