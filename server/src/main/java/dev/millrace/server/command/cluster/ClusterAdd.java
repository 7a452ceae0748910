package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster add NODE}. */
@Command(
    name = "add",
    description =
        "Give a node that has joined its part of the partitions, while everything serves. Can be"
            + " interrupted: the cluster goes on.")
final class ClusterAdd extends Connected {
  @Parameters(paramLabel = "NODE", description = "Id of the node; it runs already.")
  private int node;

  @Option(names = "--dry-run", description = "Show what would move, and move nothing.")
  private boolean dryRun;

  @Option(names = "--no-wait", description = "Only begin.")
  private boolean noWait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Longest wait; 0, the default, waits as long as it takes.")
  private int timeoutSeconds;

  private int told = -1;

  @Override
  protected void run(Cluster cluster) {
    if (!cluster.learnAll().nodes().containsKey(node)) {
      throw UserException.failed(
          "node "
              + node
              + " is not there: start it with the cluster's controller.quorum.voters, millrace"
              + " server --set node.id="
              + node
              + " ...");
    }
    Draining.checkPlacement(cluster);
    if (dryRun) {
      ClusterState state = ClusterState.of(cluster);
      ShownPlan.of(
              state,
              ShownPlan.all()
                  .draining(BrokerWish.DRAIN.brokers(state.image()))
                  .filling(Set.of(node)))
          .print(this, true);
      return;
    }
    Draining.wish(cluster, node, BrokerWish.FILL);
    if (noWait) {
      say("node " + node + " is being filled");
      return;
    }
    Patience patience = new Patience(timeoutSeconds);
    if (!isFilledInTime(cluster, patience)) {
      throw UserException.failed(
          "node "
              + node
              + " has not its part yet, the cluster goes on; seconds="
              + patience.seconds());
    }
    out()
        .println(
            "node "
                + node
                + " has its part, "
                + told
                + " copies, after "
                + patience.seconds()
                + " s");
  }

  private boolean isFilledInTime(Cluster cluster, Patience patience) {
    try (Stop _ =
        whenStopped(() ->
            say("stopped waiting, the cluster goes on with giving node " + node + " its part"))) {
      return patience.until(() -> isFilled(cluster, patience));
    }
  }

  /** The controller takes the wish back when there is nothing more to move. */
  private boolean isFilled(Cluster cluster, Patience patience) {
    ClusterView view = cluster.learnAll();
    int copies = 0;
    for (ClusterView.Topic topic : view.topics().values()) {
      copies +=
          (int) topic.partitions().stream().filter(one -> one.replicas().contains(node)).count();
    }
    if (copies != told) {
      told = copies;
      say("node " + node + ": copies " + copies + ", " + patience.seconds() + " s");
    }
    return ClusterState.wishOf(cluster, node) != BrokerWish.FILL;
  }
}
