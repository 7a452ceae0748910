package dev.millrace.server.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Bytes of a connection, in a buffer that is as small as what came. Belongs to one thread. */
final class Source {
  /** The longest head of a request. */
  static final int HEAD_BYTES_MAX = 64 << 10;

  private static final int BUFFER_BYTES = 1 << 10;
  private static final int BAD = 400;
  private static final int HEAD_TOO_LARGE = 431;
  private static final int LINE_BYTES_MAX = 4 << 10;

  private final InputStream in;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;

  Source(InputStream in) {
    this.in = in;
  }

  /** Waits for the first byte of something; false when nothing comes any more. */
  boolean await() throws IOException {
    if (from == to) {
      from = 0;
      to = 0;
      if (buffer.length > BUFFER_BYTES) {
        buffer = new byte[BUFFER_BYTES];
      }
    }
    return from < to || fill() > 0;
  }

  /** The next head. */
  Head head() throws IOException, Head.BadRequest {
    passLineEnds();
    int at = from;
    int lineStart = from;
    while (true) {
      if (at == to) {
        int moved = from;
        if (to - from >= HEAD_BYTES_MAX) {
          throw new Head.BadRequest(
              HEAD_TOO_LARGE, "the header is too large, max=" + HEAD_BYTES_MAX);
        }
        if (fill() <= 0) {
          throw new EOFException("the head ends in its middle");
        }
        moved -= from;
        at -= moved;
        lineStart -= moved;
      }
      if (buffer[at++] == '\n') {
        boolean isEmpty = at - lineStart == 1 || at - lineStart == 2 && buffer[lineStart] == '\r';
        if (isEmpty && lineStart > from) {
          int start = from;
          from = at;
          return Head.parse(buffer, start, at);
        }
        lineStart = at;
      }
    }
  }

  /** Some clients end a body with an empty line that does not belong to it. */
  private void passLineEnds() throws IOException {
    int passed = 0;
    while (passed++ < 4 && (from < to || fill() > 0)) {
      if (buffer[from] != '\r' && buffer[from] != '\n') {
        return;
      }
      from++;
    }
  }

  /** A line without its end. */
  String line() throws IOException, Head.BadRequest {
    StringBuilder line = new StringBuilder();
    while (line.length() < LINE_BYTES_MAX) {
      if (from == to && fill() <= 0) {
        throw new EOFException("a line ends in its middle");
      }
      char letter = (char) (buffer[from++] & 0xff);
      if (letter == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r'
            ? line.substring(0, end - 1)
            : line.toString();
      }
      line.append(letter);
    }
    throw new Head.BadRequest(BAD, "a line is too long, max=" + LINE_BYTES_MAX);
  }

  /** Reads at most so many bytes; -1 at the end. */
  int read(byte[] target, int offset, int length) throws IOException {
    if (from == to) {
      return in.read(target, offset, length);
    }
    int taken = Math.min(length, to - from);
    System.arraycopy(buffer, from, target, offset, taken);
    from += taken;
    return taken;
  }

  /** Reads more behind what is there, which moves to the front. */
  private int fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 4);
    }
    int read = in.read(buffer, to, buffer.length - to);
    to += Math.max(0, read);
    return read;
  }
}
