package dev.millrace.server.command.cluster;

import dev.millrace.server.MillraceCluster;
import dev.millrace.server.StartException;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.server.command.terminal.UserException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace cluster start}: several nodes in this process, to try a cluster out. */
@Command(
    name = "start",
    description = {
      "Start a cluster of several nodes in this process, to try it out; Ctrl-C stops it.",
      "Nodes that are to survive each other run on machines of their own: see 'millrace server'."
    })
final class ClusterStart implements Callable<Integer> {
  private static final int CONTROLLERS_ABOVE = 10_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many nodes (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "millrace-cluster",
      description = "Where everything is kept, a folder a node (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = {
        "Where clients reach the first node; the others follow (default: ${DEFAULT-VALUE}).",
        "Controllers listen 10000 above."
      })
  private int port;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "A setting of all nodes. May be repeated.")
  private Map<String, String> settings = Map.of();

  @Override
  public Integer call() throws InterruptedException {
    List<Integer> clients = IntStream.range(port, port + nodes).boxed().toList();
    List<Integer> controllers = clients.stream().map(one -> one + CONTROLLERS_ABOVE).toList();
    MillraceCluster cluster;
    try {
      cluster =
          MillraceCluster.start(
              new MillraceCluster.Places(data, clients, controllers, true), settings);
    } catch (StartException e) {
      String message = String.valueOf(e.getMessage());
      throw e.isSetting() ? UserException.usage(message) : UserException.failed(message);
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  cluster.close();
                  // a signal is how it is stopped, and no fault
                  Runtime.getRuntime().halt(ExitCode.OK.code());
                },
                "stop"));
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    cluster.readyLines().forEach(out::println);
    out.println("cluster bootstrap=" + cluster.bootstrapServers() + " data=" + data);
    out.println(
        "try: millrace topic create orders --partitions 3 --replication-factor "
            + Math.min(nodes, 3)
            + " --bootstrap 127.0.0.1:"
            + port
            + "   (Ctrl-C stops the cluster, its data stays)");
    out.flush();
    new CountDownLatch(1).await(); // until a signal
    return ExitCode.OK.code();
  }
}
