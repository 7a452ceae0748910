package dev.millrace.server.dump;

import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An offset index, see {@code docs/formats/partition-files.md}: 8 bytes an entry, the offset
 * relative to the segment's base and the position of its batch in the {@code .log} file. Zeros at
 * the end are room that was set aside.
 */
final class OffsetIndexDump {
  private static final int ENTRY_BYTES = 8;

  private final long baseOffset;
  private final DumpOutput out;
  private long lastOffset = -1;
  private int entries;
  private boolean ended;

  OffsetIndexDump(long baseOffset, DumpOutput out) {
    this.baseOffset = baseOffset;
    this.out = out;
  }

  void dump(DiskFile file) {
    int rest = FixedEntries.each(file, ENTRY_BYTES, this::entry);
    if (rest != 0) {
      out.problem("file does not end with a whole entry, bytes=" + rest);
    }
  }

  private void entry(ByteBuffer entry) {
    int relative = entry.getInt();
    int position = entry.getInt();
    ended = ended || (relative == 0 && position == 0 && entries > 0);
    if (ended || (relative == 0 && position == 0)) {
      ended = true;
      return;
    }
    long offset = baseOffset + relative;
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("offset", offset);
    fields.put("position", position);
    out.entry("index", fields);
    if (offset <= lastOffset) {
      out.problem("offsets do not rise, offset=" + offset + " before=" + lastOffset);
    }
    lastOffset = offset;
    entries++;
  }
}
