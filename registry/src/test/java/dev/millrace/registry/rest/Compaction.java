package dev.millrace.registry.rest;

import dev.millrace.registry.record.RecordFormat.Written;
import dev.millrace.registry.topic.LogBatch;
import dev.millrace.registry.topic.MemoryTopic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What compaction leaves of a topic when tombstones are old enough: the last value of each key. */
final class Compaction {
  private Compaction() {}

  static MemoryTopic of(MemoryTopic topic) {
    Map<Object, Written> last = new LinkedHashMap<>();
    for (LogBatch batch : topic.log()) {
      for (LogBatch.LogRecord record : batch.records()) {
        last.remove(record.content().key());
        last.put(record.content().key(), record.content());
      }
    }
    List<Written> left = new ArrayList<>(last.values());
    left.removeIf(one -> one.value() == null);
    MemoryTopic compacted = new MemoryTopic();
    compacted.write(left);
    return compacted;
  }
}
