package dev.millrace.server.command;

import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
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
  void run(Cluster cluster) {
    new Nodes(cluster).removeVoter(node);
    say("node " + node + " does not vote on the metadata any more");
  }
}
