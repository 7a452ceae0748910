package dev.millrace.bench.contender;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Millrace by its launcher: that of the repository, which runs what was built last, or that of the
 * shipped form.
 */
public final class MillraceDistribution implements Distribution {
  private final Path launcher;

  public MillraceDistribution(Path launcher) {
    this.launcher = launcher;
  }

  /** Nothing: there is no format step. */
  @Override
  public void prepare(Path directory, int port, Order order) {}

  @Override
  public Launch launch(Path directory, int port, Order order) {
    List<String> command =
        new ArrayList<>(
            List.of(
                launcher.toString(),
                "server",
                "--data",
                directory.resolve("data").toString(),
                "--listen",
                "127.0.0.1:" + port,
                "--http",
                "127.0.0.1:0"));
    for (String setting : order.settings()) {
      command.add("--set");
      command.add(setting);
    }
    String options = order.heapMb() == 0 ? "" : "-Xmx" + order.heapMb() + "m";
    return new Launch(command, Map.of("MILLRACE_OPTS", options, "MILLRACE_BUILD", "never"));
  }
}
