package dev.millrace.wire.compress;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.xerial.snappy.SnappyOutputStream;

/** Snappy by snappy-java. Only its blocks are read by the library: see {@link SnappyInput}. */
enum SnappyCompression implements Compression {
  INSTANCE;

  private static final int BLOCK_BYTES = 32 * 1024;

  @Override
  public InputStream reading(ByteBuffer compressed, long plainBytesMax) {
    return new SnappyInput(new BufferInput(compressed), plainBytesMax);
  }

  @Override
  public OutputStream writing(OutputStream into, int level) {
    return new SnappyOutputStream(into, BLOCK_BYTES);
  }
}
