package dev.millrace.server.command;

import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
import picocli.CommandLine.Command;

/** {@code millrace cluster quorum}. */
@Command(name = "quorum", description = "Show who keeps the cluster's metadata.")
final class ClusterQuorum extends Connected {
  @Override
  void run(Cluster cluster) {
    Nodes.Quorum quorum = new Nodes(cluster).quorum();
    Listing listing = Listing.of("node", "role", "end", "lag", "lastFetchMs", "lastCaughtUpMs");
    for (Nodes.Replica replica : quorum.replicas()) {
      String role =
          replica.node() == quorum.leader() ? "leader" : replica.isVoter() ? "voter" : "observer";
      listing.add(
          replica.node(),
          role,
          replica.end(),
          Math.max(0, quorum.highWatermark() - replica.end()),
          replica.lastFetchMs(),
          replica.lastCaughtUpMs());
    }
    say("epoch " + quorum.epoch() + "  high watermark " + quorum.highWatermark());
    print(listing);
  }
}
