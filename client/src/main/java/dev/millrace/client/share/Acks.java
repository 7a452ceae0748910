package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.ConsumerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledgements of one partition on their way to the session that acquired its records.
 *
 * @param types by offset
 * @param told hears once: null when they are taken
 */
record Acks(
    ShareSession session,
    TopicPartition partition,
    Uuid topicId,
    TreeMap<Long, Byte> types,
    Consumer<@Nullable ConsumerException> told) {
  /** Offsets that follow each other with the same type. */
  record Run(long firstOffset, long lastOffset, byte type) {
    List<Byte> types() {
      return List.of(type);
    }
  }

  List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (Map.Entry<Long, Byte> each : types.entrySet()) {
      long offset = each.getKey();
      byte type = each.getValue();
      Run last = runs.isEmpty() ? null : runs.getLast();
      if (last != null && last.lastOffset == offset - 1 && last.type == type) {
        runs.set(runs.size() - 1, new Run(last.firstOffset, offset, type));
      } else {
        runs.add(new Run(offset, offset, type));
      }
    }
    return runs;
  }

  boolean renews() {
    return types.containsValue(Acknowledgement.RENEW.type());
  }
}
