package dev.millrace.wire.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How the records of a batch are compressed, by the number in the batch's attributes. */
public enum Codec {
  NONE(0, 0, 0, 0),
  /** Standard gzip; level -1 is the JDK's choice (KIP-390). */
  GZIP(1, -1, 9, -1),
  /** Snappy blocks in the framing of snappy-java; bare blocks are read too. Has no levels. */
  SNAPPY(2, 0, 0, 0),
  /** The LZ4 frame format with independent blocks; the default level is the fast compressor. */
  LZ4(3, 1, 17, 9),
  /** Zstandard frames; clients may send it from version 7 of Produce on (KIP-110). */
  ZSTD(4, -131072, 22, 3);

  private static final Codec[] BY_ID = values();

  private final int id;
  private final int levelMin;
  private final int levelMax;
  private final int levelDefault;

  Codec(int id, int levelMin, int levelMax, int levelDefault) {
    this.id = id;
    this.levelMin = levelMin;
    this.levelMax = levelMax;
    this.levelDefault = levelDefault;
  }

  /** The number in the lowest three bits of a batch's attributes. */
  public int id() {
    return id;
  }

  /** The codec of a number, or null when there is none. */
  public static @Nullable Codec of(int id) {
    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
  }

  /** Fastest level that {@link #compress} takes. */
  public int levelMin() {
    return levelMin;
  }

  /** Smallest output that {@link #compress} can be asked for. */
  public int levelMax() {
    return levelMax;
  }

  public int levelDefault() {
    return levelDefault;
  }

  /**
   * The plain bytes of a compressed block. Close the stream: some libraries hold memory outside the
   * heap. What is read throws no {@link java.io.IOException} but the one named here.
   *
   * @param compressed from position to limit; does not change
   * @param plainBytesMax most bytes that may come out
   * @throws CompressionException from the stream as well, when the input cannot be decoded or would
   *     become more than {@code plainBytesMax}
   */
  public InputStream decompress(ByteBuffer compressed, long plainBytesMax) {
    return new DecompressedInput(this, compressed.duplicate(), plainBytesMax);
  }

  /**
   * A stream that compresses what is written to it. It is complete when it is closed.
   *
   * @param into where the compressed bytes go, must not throw
   * @param level between {@link #levelMin} and {@link #levelMax}
   */
  public OutputStream compress(OutputStream into, int level) {
    checkLevel(level);
    return new CompressedOutput(this, into, level);
  }

  /**
   * Compresses bytes that are there as a whole, where the library can without memory in between.
   *
   * @param into where the compressed bytes go, must not throw
   * @param level between {@link #levelMin} and {@link #levelMax}
   */
  public <T extends OutputStream & BlockTarget> void compress(
      byte[] from, int offset, int length, T into, int level) {
    checkLevel(level);
    try {
      compression().write(from, offset, length, into, level);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void checkLevel(int level) {
    if (level < levelMin || level > levelMax) {
      throw new IllegalArgumentException(
          "compression level is out of range, codec="
              + this
              + " level="
              + level
              + " min="
              + levelMin
              + " max="
              + levelMax);
    }
  }

  /** The library behind the codec; loads it. */
  Compression compression() {
    return switch (this) {
      case NONE -> PlainCompression.INSTANCE;
      case GZIP -> GzipCompression.INSTANCE;
      case SNAPPY -> SnappyCompression.INSTANCE;
      case LZ4 -> Lz4Compression.INSTANCE;
      case ZSTD -> ZstdCompression.INSTANCE;
    };
  }
}
