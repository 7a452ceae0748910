package dev.millrace.server.dump;

import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A time index, see {@code docs/formats/partition-files.md}: 12 bytes an entry, the highest
 * timestamp so far and the relative offset of the record that has it.
 */
final class TimeIndexDump {
  private static final int ENTRY_BYTES = 12;

  private final long baseOffset;
  private final DumpOutput out;
  private long lastTimestamp = Long.MIN_VALUE;
  private boolean ended;

  TimeIndexDump(long baseOffset, DumpOutput out) {
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
    long timestamp = entry.getLong();
    int relative = entry.getInt();
    ended = ended || (timestamp == 0 && relative == 0);
    if (ended) {
      return;
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("timestamp", timestamp);
    fields.put("offset", baseOffset + relative);
    out.entry("timeindex", fields);
    if (timestamp < lastTimestamp) {
      out.problem("timestamps go back, timestamp=" + timestamp + " before=" + lastTimestamp);
    }
    lastTimestamp = timestamp;
  }
}
