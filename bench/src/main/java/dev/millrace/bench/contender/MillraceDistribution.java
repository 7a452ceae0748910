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
  public void prepare(Path directory, Seat seat, Order order) {}

  @Override
  public Launch launch(Path directory, Seat seat, Order order) {
    List<String> command =
        new ArrayList<>(
            List.of(
                launcher.toString(),
                "server",
                "--data",
                directory.resolve("data").toString(),
                "--http",
                "127.0.0.1:0"));
    command.addAll(seat.isAlone() ? List.of("--listen", "127.0.0.1:" + seat.port()) : member(seat));
    for (String setting : order.settings()) {
      command.add("--set");
      command.add(setting);
    }
    String options = order.heapMb() == 0 ? "" : "-Xmx" + order.heapMb() + "m";
    return new Launch(command, Map.of("MILLRACE_OPTS", options, "MILLRACE_BUILD", "never"));
  }

  private static List<String> member(Seat seat) {
    return List.of(
        "--set",
        "node.id=" + seat.id(),
        "--set",
        "process.roles=broker,controller",
        "--set",
        "controller.quorum.voters=" + seat.voters(),
        "--set",
        "listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
            .formatted(seat.port(), seat.controllerPort()));
  }
}
