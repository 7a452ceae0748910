package dev.millrace.bench;

import dev.millrace.bench.figure.Results;
import dev.millrace.bench.figure.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The part of {@code docs/benchmarks.md} that a run writes: between two {@link Marks}, or the whole
 * page when it is new. What people wrote around the marks stays.
 */
final class Page {
  /** Between which lines the table of a kind of run stands. */
  record Marks(String begin, String end) {
    static final Marks ONE_NODE =
        new Marks("<!-- a run of ./dev bench compare writes from here -->", "<!-- to here -->");
    static final Marks SEVERAL_NODES =
        new Marks(
            "<!-- a run of ./dev bench compare --nodes 3 writes from here -->",
            "<!-- to here, several nodes -->");

    static Marks of(int nodes) {
      return nodes == 1 ? ONE_NODE : SEVERAL_NODES;
    }
  }

  private Page() {}

  static void write(Path file, Run run, Machine machine, Results results) {
    try {
      String before = Files.exists(file) ? Files.readString(file) : "# Benchmarks\n\n";
      String section = section(run, machine, results);
      Files.writeString(file, replaced(before, section, Marks.of(run.options().nodes())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The page with the section between the marks, or at its end when it has no marks. */
  static String replaced(String page, String section, Marks marks) {
    String marked = marks.begin + "\n" + section + marks.end + "\n";
    int begin = page.indexOf(marks.begin);
    int end = page.indexOf(marks.end);
    if (begin < 0 || end < begin) {
      return page + marked;
    }
    String rest = page.substring(end + marks.end.length());
    return page.substring(0, begin) + marked + (rest.startsWith("\n") ? rest.substring(1) : rest);
  }

  private static String section(Run run, Machine machine, Results results) {
    StringBuilder text = new StringBuilder();
    text.append("\n`").append(run.command().strip()).append("` on ");
    text.append(LocalDate.now(ZoneOffset.UTC)).append(", ").append(run.took().toMinutes());
    text.append(" minutes, ").append(run.options().rounds()).append(" rounds at most.\n");
    text.append(machine.text()).append(".\n\n");
    text.append(Table.render(results)).append("\n");
    text.append(Table.score(results)).append(".\n\n");
    results.failures().forEach(failure -> text.append("- failed: ").append(failure).append("\n"));
    return text.append(results.failures().isEmpty() ? "" : "\n").toString();
  }
}
