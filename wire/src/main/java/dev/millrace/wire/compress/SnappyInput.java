package dev.millrace.wire.compress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.xerial.snappy.Snappy;

/**
 * Reads the framing of snappy-java, or one bare snappy block where the framing's magic is missing:
 * some clients send that.
 *
 * <pre>
 *   0  82 53 4e 41 50 50 59 00   magic
 *   8  version int32, lowest compatible version int32
 *  16  blocks: int32 bytes, snappy block; a block length that is the first half of the magic
 *      starts another header
 * </pre>
 *
 * <p>The library's own stream takes memory for whatever length a block claims. Here a block must be
 * there as a whole, and its plain length must be within the reader's limit.
 */
final class SnappyInput extends InputStream {
  private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
  private static final int MAGIC_HEAD = ByteBuffer.wrap(MAGIC).getInt();
  private static final int HEADER_BYTES = 16;

  private final InputStream in;
  private final long plainBytesMax;
  private boolean isStarted;
  private byte[] plain = {};
  private int position;
  private int limit;

  SnappyInput(InputStream in, long plainBytesMax) {
    this.in = in;
    this.plainBytesMax = plainBytesMax;
  }

  @Override
  public int read() throws IOException {
    return fill() ? plain[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(plain, position, into, offset, count);
    position += count;
    return count;
  }

  /** Makes sure that a plain byte is there, or returns false at the end. */
  private boolean fill() throws IOException {
    while (position == limit) {
      if (!isStarted) {
        isStarted = true;
        start();
      } else if (in.available() == 0) {
        return false;
      } else {
        nextBlock();
      }
    }
    return true;
  }

  private void start() throws IOException {
    byte[] head = in.readNBytes(HEADER_BYTES);
    boolean isFramed =
        head.length == HEADER_BYTES && Arrays.equals(MAGIC, 0, 8, head, 0, MAGIC.length);
    if (!isFramed) {
      byte[] rest = in.readAllBytes();
      byte[] block = Arrays.copyOf(head, head.length + rest.length);
      System.arraycopy(rest, 0, block, head.length, rest.length);
      uncompress(block);
    }
  }

  private void nextBlock() throws IOException {
    int length = ByteBuffer.wrap(exactly(Integer.BYTES)).getInt();
    if (length == MAGIC_HEAD) {
      exactly(HEADER_BYTES - Integer.BYTES);
    } else if (length < 0 || length > in.available()) {
      throw new CompressionException(
          "snappy block is beyond the end, length=" + length + " there=" + in.available());
    } else {
      uncompress(exactly(length));
    }
  }

  private byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("snappy frame is cut short");
    }
    return bytes;
  }

  private void uncompress(byte[] block) throws IOException {
    int length = Snappy.uncompressedLength(block, 0, block.length);
    if (length > plainBytesMax) {
      throw CompressionException.tooMuch(Codec.SNAPPY, plainBytesMax);
    }
    if (length > plain.length) {
      plain = new byte[length];
    }
    limit = Snappy.uncompress(block, 0, block.length, plain, 0);
    position = 0;
  }
}
