package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
import dev.millrace.client.TopicPartition;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster move-dir TOPIC PARTITION --node NODE --to DIRECTORY}. */
@Command(
    name = "move-dir",
    description = {
      "Bring a node's copy of a partition to another of its log directories, while it is used.",
      "Asked to be where it is, a copy that is on its way stays there."
    })
final class ClusterMoveDir extends Connected {
  private static final String SHOWN = "millrace cluster log-dirs --partitions shows how far it is";

  @Parameters(index = "0", paramLabel = "TOPIC")
  private String topic = "";

  @Parameters(index = "1", paramLabel = "PARTITION")
  private int partition;

  @Option(names = "--node", required = true, paramLabel = "NODE", description = "Id of the node.")
  private int node;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIRECTORY",
      description = "A log directory of the node, as cluster log-dirs shows it.")
  private String directory = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description =
          "Longest wait for the end; 0, the default, waits as long as it takes. The move goes on"
              + " without this command.")
  private int timeoutSeconds;

  @Override
  protected void run(Cluster cluster) {
    cluster.learnAll();
    Nodes nodes = new Nodes(cluster);
    TopicPartition moved = new TopicPartition(topic, partition);
    nodes.place(node, moved, directory);
    say("node " + node + " brings " + moved + " to " + directory);
    Patience patience = new Patience(timeoutSeconds);
    try (Stop _ = whenStopped(() -> say("stopped waiting, the move goes on; " + SHOWN))) {
      if (!patience.until(() -> isThere(nodes, moved))) {
        throw UserException.failed(moved + " is not there yet; " + SHOWN);
      }
    }
    out().println(moved + " is in " + directory + ", seconds=" + patience.seconds());
  }

  private boolean isThere(Nodes nodes, TopicPartition moved) {
    return nodes.directories(node).stream()
        .filter(one -> one.path().equals(directory))
        .flatMap(one -> one.stored().stream())
        .anyMatch(one -> one.partition().equals(moved) && !one.isFuture());
  }
}
