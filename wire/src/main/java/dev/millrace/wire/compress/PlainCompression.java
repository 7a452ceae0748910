package dev.millrace.wire.compress;

import java.io.InputStream;
import java.io.OutputStream;

/** No compression. */
enum PlainCompression implements Compression {
  INSTANCE;

  @Override
  public InputStream reading(InputStream compressed, long plainBytesMax) {
    return compressed;
  }

  @Override
  public OutputStream writing(OutputStream into, int level) {
    return into;
  }
}
