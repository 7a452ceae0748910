package dev.millrace.registry.change;

import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What has to be written beside a deletion. Pure functions. */
final class Tidying {
  private Tidying() {}

  /** Removes what is said for a subject that has nothing any more. */
  static void forget(Image image, String subject, List<SchemaRecord> records) {
    if (image.modes().at(subject) != null) {
      records.add(new SchemaRecord.ModeSet(subject, null));
    }
    if (image.configs().at(subject) != null) {
      records.add(new SchemaRecord.ConfigSet(subject, null));
    }
  }

  /**
   * Adds the highest ids, where these records take away the schemas from which they could be told:
   * compaction would remove the last trace of them.
   */
  static List<SchemaRecord> keepingIds(Image image, List<SchemaRecord> records) {
    Image after = image;
    for (SchemaRecord record : records) {
      after = after.apply(record);
    }
    Map<String, Integer> beyond = after.maxIdsBeyond();
    List<SchemaRecord> all = new ArrayList<>(records);
    if (!beyond.isEmpty()) {
      all.addFirst(new SchemaRecord.Noop(new TreeMap<>(beyond)));
    }
    return all;
  }

  /** Refuses when nothing may be changed. */
  static void checkWritable(Image image, SubjectName subject) {
    if (image.modeFor(subject).isReadOnly()) {
      throw Refusal.notPermitted(
          "Subject "
              + subject.name()
              + " in context "
              + subject.context()
              + " is in read-only mode");
    }
  }
}
