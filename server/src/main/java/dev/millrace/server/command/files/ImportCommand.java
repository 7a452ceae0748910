package dev.millrace.server.command.files;

import dev.millrace.server.Adoption;
import dev.millrace.server.StartException;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Printing;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace import DIR --data NEW}: goes on with the data of an Apache Kafka node. */
@Command(
    name = "import",
    description = {
      "Make a data directory from the log directory of an Apache Kafka node (KRaft, stopped).",
      "Topics, records, settings, groups and their offsets go on; the original is only read."
    })
public final class ImportCommand extends Printing {
  private static final long PROGRESS_BYTES = 1L << 30;
  private static final long MIB = 1L << 20;

  @Parameters(paramLabel = "DIR", description = "The log directory of the node (its log.dirs).")
  private Path from = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "NEW",
      required = true,
      description = "The data directory to make; it must be empty or not be there.")
  private Path to = Path.of("");

  private long told;

  @Override
  public Integer call() {
    Adoption.Report report;
    try (Stop stop = Stop.ofLoop()) {
      report =
          Adoption.run(
              from,
              to,
              bytes -> {
                endWhen(stop.isAsked());
                tell(bytes);
              });
    } catch (StartException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    }
    report.warnings().forEach(warning -> say("note: " + warning));
    print(report);
    return ExitCode.OK.code();
  }

  private static void endWhen(boolean isStopped) {
    if (isStopped) {
      throw UserException.failed("stopped, nothing was imported");
    }
  }

  private void tell(long bytes) {
    if (bytes - told >= PROGRESS_BYTES) {
      told = bytes;
      say("copied " + bytes / MIB + " MiB");
    }
  }

  private void print(Adoption.Report report) {
    PrintWriter out = out();
    if (isJson()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("cluster", report.clusterId());
      fields.put("node", report.nodeId());
      fields.put("topics", report.topics());
      fields.put("partitions", report.partitions());
      fields.put("bytes", report.bytes());
      fields.put("notes", report.warnings());
      out.println(Json.text(fields));
      return;
    }
    out.println(
        "imported cluster "
            + report.clusterId()
            + ": "
            + report.topics()
            + " topics, "
            + report.partitions()
            + " partitions, "
            + report.bytes() / MIB
            + " MiB");
    out.println(
        "start it with: millrace server --data " + to + " --set node.id=" + report.nodeId());
  }
}
