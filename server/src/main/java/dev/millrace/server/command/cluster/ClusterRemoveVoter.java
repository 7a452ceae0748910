package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
import dev.millrace.server.command.terminal.Connected;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster remove-voter NODE}. */
@Command(
    name = "remove-voter",
    description = "Take a node's vote on the metadata away; it goes on as a broker.")
final class ClusterRemoveVoter extends Connected {
  @Parameters(paramLabel = "NODE", description = "Id of the node.")
  private int node;

  @Override
  protected void run(Cluster cluster) {
    new Nodes(cluster).removeVoter(node);
    say("node " + node + " does not vote on the metadata any more");
  }
}
