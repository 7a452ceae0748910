package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The port to a compression library. Safe for any thread; the streams are not. */
interface Compression {
  /**
   * Plain bytes out of compressed ones; may throw whatever the library throws.
   *
   * @param compressed from position to limit, the caller's own view of it
   * @param plainBytesMax more will not be read; what takes memory for plain bytes in one piece
   *     takes no more than this
   */
  InputStream reading(ByteBuffer compressed, long plainBytesMax) throws IOException;

  /** Compresses into a stream; complete when closed. */
  OutputStream writing(OutputStream into, int level) throws IOException;

  /** Compresses bytes that are there as a whole; complete when it returns. */
  default <T extends OutputStream & BlockTarget> void write(
      byte[] from, int offset, int length, T into, int level) throws IOException {
    try (OutputStream out = writing(into, level)) {
      out.write(from, offset, length);
    }
  }
}
