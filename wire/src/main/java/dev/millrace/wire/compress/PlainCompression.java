package dev.millrace.wire.compress;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** No compression. */
enum PlainCompression implements Compression {
  INSTANCE;

  @Override
  public InputStream reading(ByteBuffer compressed, long plainBytesMax) {
    return new BufferInput(compressed);
  }

  @Override
  public OutputStream writing(OutputStream into, int level) {
    return into;
  }
}
