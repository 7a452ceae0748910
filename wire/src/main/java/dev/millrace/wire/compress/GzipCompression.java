package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Gzip by the JDK; several members one after another are read as one. */
enum GzipCompression implements Compression {
  INSTANCE;

  private static final int BUFFER_BYTES = 8192;

  @Override
  public InputStream reading(ByteBuffer compressed, long plainBytesMax) throws IOException {
    return new GZIPInputStream(new BufferInput(compressed), BUFFER_BYTES);
  }

  @Override
  public OutputStream writing(OutputStream into, int level) throws IOException {
    return new LeveledOutput(into, level);
  }

  /** The level of the JDK's stream can only be set from within. */
  private static final class LeveledOutput extends GZIPOutputStream {
    LeveledOutput(OutputStream into, int level) throws IOException {
      super(into, BUFFER_BYTES);
      def.setLevel(level);
    }
  }
}
