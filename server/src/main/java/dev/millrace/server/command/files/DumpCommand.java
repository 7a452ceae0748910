package dev.millrace.server.command.files;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.server.dump.DumpOutput;
import dev.millrace.server.dump.FileDump;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace dump FILE...}: what lies in the files of partitions. */
@Command(
    name = "dump",
    description = {
      "Show the entries of a partition's files, and of other files of a data directory.",
      "Those of partitions end in .log, .index, .timeindex, .txnindex and .snapshot; .checkpoint"
          + " files belong to the metadata log; millrace-flush-journal is what the next start puts"
          + " back after a crash. A folder stands for all such files in it.",
      "Exit code 1 when something is wrong with a file."
    })
public final class DumpCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files, or folders of partitions.")
  private List<Path> files = List.of();

  @Option(
      names = {"-r", "--records"},
      description = "Show the records of batches too, with keys and values.")
  private boolean records;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("command runs outside of its command line");
    }
    PrintWriter out = spec.commandLine().getOut();
    Output output = new Output(out, json);
    FileDump dump = new FileDump(FileDisk.INSTANCE, output, records);
    for (Path path : expanded()) {
      output.file(path);
      try {
        dump.dump(path);
      } catch (IllegalArgumentException | DiskException e) {
        throw UserException.failed(String.valueOf(e.getMessage()));
      }
    }
    out.flush();
    return (output.problems == 0 ? ExitCode.OK : ExitCode.FAILED).code();
  }

  private List<Path> expanded() {
    List<Path> expanded = new ArrayList<>();
    for (Path path : files) {
      if (!Files.exists(path)) {
        throw UserException.failed("no such file or folder, path=" + path);
      }
      if (!Files.isDirectory(path)) {
        expanded.add(path);
        continue;
      }
      List<Path> known = inside(path);
      if (known.isEmpty()) {
        throw UserException.failed("folder has no file of a partition, folder=" + path);
      }
      expanded.addAll(known);
    }
    return expanded;
  }

  private static List<Path> inside(Path folder) {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.filter(FileDump::isKnown).sorted().toList();
    } catch (IOException e) {
      throw UserException.failed("can't list, folder=" + folder + " cause=" + e);
    }
  }

  /** Entries as {@code name=value} pairs, or as JSON. */
  private static final class Output implements DumpOutput {
    private final PrintWriter out;
    private final boolean json;
    private int problems;
    private String file = "";

    Output(PrintWriter out, boolean json) {
      this.out = out;
      this.json = json;
    }

    void file(Path path) {
      file = path.toString();
      if (!json) {
        out.println(file);
      }
    }

    @Override
    public void entry(String kind, Map<String, @Nullable Object> fields) {
      if (json) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("entry", kind);
        line.putAll(fields);
        out.println(Json.text(line));
        return;
      }
      StringBuilder line = new StringBuilder("  ").append(kind);
      fields.forEach(
          (name, value) -> line.append(' ').append(name).append('=').append(shown(value)));
      out.println(line);
    }

    @Override
    public void problem(String message) {
      problems++;
      if (json) {
        out.println(Json.text(Map.of("entry", "problem", "file", file, "message", message)));
      } else {
        out.println("  PROBLEM: " + message);
      }
    }

    private static String shown(@Nullable Object value) {
      return value instanceof Map || value instanceof List
          ? Json.text(value)
          : String.valueOf(value);
    }
  }
}
