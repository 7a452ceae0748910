package dev.millrace.server.dump;

import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.journal.JournalReader;
import dev.millrace.log.journal.JournalReader.Entry;
import dev.millrace.log.journal.JournalReader.WholeFrame;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flush journal, see {@code docs/formats/flush-journal.md}: what a start would put back. After a
 * stop in order it is nothing.
 */
final class JournalDump {
  private final DumpOutput out;

  JournalDump(DumpOutput out) {
    this.out = out;
  }

  void dump(DiskFile file, Path path) {
    try {
      JournalReader journal = JournalReader.open(file, path);
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("halfBytes", journal.header().halfBytes());
      fields.put("voidBelow", journal.header().voidBelow());
      out.entry("journal", fields);
      for (WholeFrame frame : journal.frames()) {
        frame.entries().forEach(entry -> entry(frame.sequence(), entry));
      }
    } catch (CorruptFileException damaged) {
      out.problem(String.valueOf(damaged.getMessage()));
    }
  }

  private void entry(long sequence, Entry entry) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("sequence", sequence);
    fields.put("partition", entry.log().partition());
    fields.put("topicId", entry.log().topicId());
    switch (entry) {
      case Entry.Data data -> {
        fields.put("segment", data.segment());
        fields.put("position", data.span().position());
        fields.put("bytes", data.span().length());
        fields.put("durableEnd", data.durableEnd());
        out.entry("data", fields);
      }
      case Entry.Forget _ -> out.entry("forget", fields);
    }
  }
}
