package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
import dev.millrace.server.command.terminal.Connected;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster add-voter NODE}. */
@Command(
    name = "add-voter",
    description =
        "Let a node vote on the metadata; it runs, with itself among the voters of its settings.")
final class ClusterAddVoter extends Connected {
  @Parameters(paramLabel = "NODE", description = "Id of the node.")
  private int node;

  @Override
  protected void run(Cluster cluster) {
    new Nodes(cluster).addVoter(node);
    say("node " + node + " votes on the metadata");
  }
}
