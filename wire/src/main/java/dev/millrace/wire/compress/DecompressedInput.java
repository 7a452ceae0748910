package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The border around a compression library's stream: whatever it throws becomes a {@link
 * CompressionException}, and its output has a limit.
 */
final class DecompressedInput extends InputStream {
  private final Codec codec;
  private final long bytesMax;
  private final InputStream codecStream;
  private long bytes;

  DecompressedInput(Codec codec, ByteBuffer compressed, long bytesMax) {
    this.codec = codec;
    this.bytesMax = bytesMax;
    this.codecStream = open(codec, compressed, bytesMax);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int count = readSome(into, offset, length);
    bytes += Math.max(count, 0);
    if (bytes > bytesMax) {
      throw CompressionException.tooMuch(codec, bytesMax);
    }
    return count;
  }

  @Override
  public void close() {
    try {
      codecStream.close();
    } catch (IOException e) {
      throw broken(codec, e);
    }
  }

  /** Libraries may answer zero when a piece of input gave nothing yet. */
  private int readSome(byte[] into, int offset, int length) {
    try {
      int count = 0;
      while (count == 0) {
        count = codecStream.read(into, offset, length);
      }
      return count;
    } catch (CompressionException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw broken(codec, e);
    }
  }

  private static InputStream open(Codec codec, ByteBuffer compressed, long bytesMax) {
    try {
      return codec.compression().reading(compressed, bytesMax);
    } catch (IOException | RuntimeException e) {
      throw broken(codec, e);
    }
  }

  private static CompressionException broken(Codec codec, Throwable cause) {
    return new CompressionException(
        "compressed records cannot be decoded, codec=" + codec + " reason=" + cause.getMessage(),
        cause);
  }
}
