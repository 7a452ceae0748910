package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * The border around a compression library's stream: it writes to memory, so that an I/O error is
 * our fault.
 */
final class CompressedOutput extends OutputStream {
  private final OutputStream codecStream;

  CompressedOutput(Codec codec, OutputStream into, int level) {
    try {
      this.codecStream = codec.compression().writing(into, level);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    try {
      codecStream.write(from, offset, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      codecStream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
