package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace cluster log-dirs}. */
@Command(name = "log-dirs", description = "Show the directories of nodes and what lies in them.")
final class ClusterLogDirs extends Connected {
  @Option(names = "--partitions", description = "Show every partition, largest first.")
  private boolean partitions;

  @Override
  protected void run(Cluster cluster) {
    Nodes nodes = new Nodes(cluster);
    Listing directories =
        Listing.of(
            "node", "directory", "fault", "partitions", "bytes", "usableBytes", "totalBytes");
    Listing stored =
        Listing.of("node", "directory", "topic", "partition", "bytes", "lag", "future");
    for (int node : cluster.learn(List.of()).nodes().keySet()) {
      for (Nodes.Directory directory : nodes.directories(node)) {
        directories.add(
            node,
            directory.path(),
            directory.fault(),
            directory.stored().size(),
            directory.stored().stream().mapToLong(Nodes.Stored::bytes).sum(),
            directory.usableBytes(),
            directory.totalBytes());
        directory.stored().stream()
            .sorted((one, other) -> Long.compare(other.bytes(), one.bytes()))
            .forEach(each ->
                stored.add(
                    node,
                    directory.path(),
                    each.partition().topic(),
                    each.partition().partition(),
                    each.bytes(),
                    each.lag(),
                    each.isFuture()));
      }
    }
    print(partitions ? stored : directories);
  }
}
