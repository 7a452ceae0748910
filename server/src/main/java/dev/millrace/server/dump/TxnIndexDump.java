package dev.millrace.server.dump;

import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An index of aborted transactions, see {@code docs/formats/partition-files.md}: 34 bytes an entry,
 * version int16, producer id, first and last offset, last stable offset, int64 each.
 */
final class TxnIndexDump {
  private static final int ENTRY_BYTES = 34;
  private static final int VERSION = 0;

  private final DumpOutput out;

  TxnIndexDump(DumpOutput out) {
    this.out = out;
  }

  void dump(DiskFile file) {
    int rest = FixedEntries.each(file, ENTRY_BYTES, this::entry);
    if (rest != 0) {
      out.problem("file does not end with a whole entry, bytes=" + rest);
    }
  }

  private void entry(ByteBuffer entry) {
    short version = entry.getShort();
    if (version != VERSION) {
      out.problem("entry has an unknown version, version=" + version);
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("producerId", entry.getLong());
    fields.put("firstOffset", entry.getLong());
    fields.put("lastOffset", entry.getLong());
    fields.put("lastStableOffset", entry.getLong());
    out.entry("txnindex", fields);
  }
}
