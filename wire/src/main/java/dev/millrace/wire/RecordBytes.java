package dev.millrace.wire;

import dev.millrace.base.disk.FileRegion;
import java.nio.ByteBuffer;

/**
 * Record batches as they lie on the wire and on disk, not looked into: a slice of memory or a
 * region of a file.
 */
public sealed interface RecordBytes {
  /** No records. */
  RecordBytes EMPTY = new InMemory(ByteBuffer.allocate(0));

  static RecordBytes of(ByteBuffer buffer) {
    return new InMemory(buffer);
  }

  static RecordBytes of(FileRegion region) {
    return new InFile(region);
  }

  /** Length in bytes. */
  int size();

  /**
   * A slice of memory. When it came out of a frame it is only lent: it is valid until the call that
   * received it returns.
   *
   * @param buffer the bytes from its position to its limit; use {@link #view} to read
   */
  record InMemory(ByteBuffer buffer) implements RecordBytes {
    @Override
    public int size() {
      return buffer.remaining();
    }

    /** A view of the same bytes with a position of its own. */
    public ByteBuffer view() {
      return buffer.duplicate();
    }
  }

  /** A region of an open file; the bytes go from the page cache to the socket. */
  record InFile(FileRegion region) implements RecordBytes {
    @Override
    public int size() {
      return region.length();
    }
  }
}
