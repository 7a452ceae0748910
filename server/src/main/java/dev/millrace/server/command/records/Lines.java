package dev.millrace.server.command.records;

import dev.millrace.base.bytes.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a stream as bytes, without their line feeds; nothing is decoded. */
final class Lines {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int LINE_BYTES_MAX = 64 << 20;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;

  Lines(InputStream in) {
    this.in = in;
  }

  /**
   * The next line, or null at the end. A last line without a line feed counts.
   *
   * @throws IOException when the stream fails or a line is longer than 64 MiB
   */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = null;
    while (true) {
      if (at == end && !fill()) {
        return line == null ? null : line.toByteArray();
      }
      int feed = at;
      while (feed < end && buffer[feed] != '\n') {
        feed++;
      }
      if (feed < end && line == null) {
        byte[] whole = Arrays.copyOfRange(buffer, at, feed);
        at = feed + 1;
        return whole;
      }
      line = line == null ? new ByteArrayOutputStream() : line;
      line.write(buffer, at, feed - at);
      boolean complete = feed < end;
      at = complete ? feed + 1 : end;
      if (complete) {
        return line.toByteArray();
      }
      if (line.size() > LINE_BYTES_MAX) {
        throw new IOException("line is too long, bytesMax=" + LINE_BYTES_MAX);
      }
    }
  }

  /** Where {@code part} begins in {@code whole}, or -1. */
  static int indexOf(byte[] whole, byte[] part) {
    for (int i = 0; i + part.length <= whole.length; i++) {
      if (Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  static Bytes slice(byte[] bytes, int from, int to) {
    return Bytes.copyOf(Arrays.copyOfRange(bytes, from, to));
  }

  private boolean fill() throws IOException {
    int read = in.read(buffer);
    at = 0;
    end = Math.max(read, 0);
    return read > 0;
  }
}
