package dev.millrace.server.dump;

import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Goes through a file of entries of one size. */
final class FixedEntries {
  private static final int ENTRIES_AT_ONCE = 1024;

  private FixedEntries() {}

  /**
   * Hands each whole entry to {@code reader} as a buffer with exactly its bytes.
   *
   * @return bytes at the end that are no whole entry
   */
  static int each(DiskFile file, int entryBytes, Consumer<ByteBuffer> reader) {
    ByteBuffer buffer = ByteBuffer.allocate(entryBytes * ENTRIES_AT_ONCE);
    long position = 0;
    while (true) {
      buffer.clear();
      int read = file.read(buffer, position);
      buffer.flip();
      for (int at = 0; at + entryBytes <= read; at += entryBytes) {
        reader.accept(buffer.slice(at, entryBytes));
      }
      if (read < buffer.capacity()) {
        return read % entryBytes;
      }
      position += read;
    }
  }
}
