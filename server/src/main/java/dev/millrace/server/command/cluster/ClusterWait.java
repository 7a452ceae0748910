package dev.millrace.server.command.cluster;

import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.Nodes;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.UserException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace cluster wait}: between two steps of a rolling restart. */
@Command(
    name = "wait",
    description =
        "Wait until every partition has a leader, all of its copies are in sync, and all voters are"
            + " there: then the next node may be stopped.")
final class ClusterWait extends Connected {
  private static final int SHOWN_MAX = 5;
  private static final long SILENT_MS = 3_000;

  @Option(names = "--nodes", paramLabel = "N", description = "Also wait until so many nodes serve.")
  private int nodes;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "Longest wait (default: ${DEFAULT-VALUE}); 0 waits as long as it takes.")
  private int timeoutSeconds;

  private String missing = "";

  @Override
  protected void run(Cluster cluster) {
    Patience patience = new Patience(timeoutSeconds);
    if (!patience.until(() -> isWhole(cluster))) {
      throw UserException.failed("cluster is not whole yet, " + missing);
    }
    out().println("all copies are in sync, after " + patience.seconds() + " s");
  }

  private boolean isWhole(Cluster cluster) {
    String before = missing;
    try {
      missing = missing(cluster.learnAll());
      missing = missing.isEmpty() ? silent(new Nodes(cluster).quorum()) : missing;
    } catch (ClientException e) {
      if (!e.mayPass()) {
        throw e;
      }
      missing = String.valueOf(e.getMessage());
    }
    if (!missing.isEmpty() && !missing.equals(before)) {
      say(missing);
    }
    return missing.isEmpty();
  }

  /** What is not yet as it should be; empty when all is. */
  private String missing(ClusterView view) {
    if (view.nodes().size() < nodes) {
      return "nodes that serve: " + view.nodes().keySet() + ", wanted: " + nodes;
    }
    List<String> behind = new ArrayList<>();
    for (ClusterView.Topic topic : view.topics().values()) {
      for (ClusterView.Partition one : topic.partitions()) {
        boolean isWhole = new HashSet<>(one.inSync()).containsAll(one.replicas());
        if (one.leader() < 0 || !isWhole) {
          behind.add(topic.name() + "-" + one.index());
        }
      }
    }
    return behind.isEmpty()
        ? ""
        : "partitions without a leader or with copies that are behind: "
            + behind.size()
            + ", such as "
            + behind.subList(0, Math.min(SHOWN_MAX, behind.size()));
  }

  /** Whether a voter was not heard of for a while, by the leader's clock. */
  private static String silent(Nodes.Quorum quorum) {
    long nowMs =
        quorum.replicas().stream().mapToLong(Nodes.Replica::lastFetchMs).max().orElseThrow();
    List<Integer> silent =
        quorum.replicas().stream()
            .filter(one -> one.isVoter() && nowMs - one.lastFetchMs() > SILENT_MS)
            .map(Nodes.Replica::node)
            .toList();
    return silent.isEmpty() ? "" : "voters on the metadata that are silent: " + silent;
  }
}
