package dev.millrace.server.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of one request. Belongs to the thread that serves it. */
final class Content extends InputStream {
  /** Stands for a length: pieces come, each with its own. */
  static final long CHUNKED = -1;

  private static final int HEX = 16;
  private static final int TRAILERS_MAX = 100;

  private final Source source;
  private final boolean isChunked;
  private final Watch watch;
  private long left;
  private boolean isBegun;
  private boolean isAtEnd;

  /** Told before the first byte is read, and after the last one. */
  interface Watch {
    void begins();

    void ends();
  }

  /**
   * A body.
   *
   * @param length in bytes, or {@link #CHUNKED}
   */
  Content(Source source, long length, Watch watch) {
    this.source = source;
    this.isChunked = length == CHUNKED;
    this.watch = watch;
    this.left = isChunked ? 0 : length;
    this.isAtEnd = length == 0;
  }

  /** Whether anything of it was asked for. */
  boolean isBegun() {
    return isBegun;
  }

  /** Whether all of it was read. */
  boolean isAtEnd() {
    return isAtEnd;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (isAtEnd || length == 0) {
      return isAtEnd ? -1 : 0;
    }
    if (!isBegun) {
      isBegun = true;
      watch.begins();
    }
    if (isChunked && left == 0) {
      left = nextPiece();
      if (isAtEnd) {
        return -1;
      }
    }
    int read = source.read(target, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("the body ends before its length");
    }
    left -= read;
    if (left == 0) {
      endPiece();
    }
    return read;
  }

  private void endPiece() throws IOException {
    if (!isChunked) {
      end();
    } else if (!line().isEmpty()) {
      throw new IOException("a chunk does not end where it says");
    }
  }

  private long nextPiece() throws IOException {
    String line = line();
    int semicolon = line.indexOf(';');
    String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
    if (size.isEmpty()
        || size.length() > 15
        || size.chars().anyMatch(letter -> Character.digit(letter, HEX) < 0 || letter > 0x7f)) {
      throw new IOException("a chunk has no length");
    }
    long length = Long.parseLong(size, HEX);
    if (length == 0) {
      int trailers = 0;
      while (!line().isEmpty()) {
        if (++trailers > TRAILERS_MAX) {
          throw new IOException("too many trailers");
        }
      }
      end();
    }
    return length;
  }

  private void end() {
    isAtEnd = true;
    watch.ends();
  }

  private String line() throws IOException {
    try {
      return source.line();
    } catch (Head.BadRequest e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
