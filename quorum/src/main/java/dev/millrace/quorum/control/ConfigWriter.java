package dev.millrace.quorum.control;

import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Makes the records that turn a resource's settings into others. */
final class ConfigWriter {
  private ConfigWriter() {}

  static List<Message> records(
      ConfigResource resource, Map<String, String> before, Map<String, String> after) {
    List<Message> records = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      String value = after.get(name);
      if (value == null || !value.equals(before.get(name))) {
        records.add(new ConfigRecord(resource.scope().number(), resource.name(), name, value));
      }
    }
    return records;
  }
}
