package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.Nodes;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code millrace cluster quorum}. */
@Command(
    name = "quorum",
    description = "Show who keeps the cluster's metadata, and how long ago it was heard of.")
final class ClusterQuorum extends Connected {
  @Override
  protected void run(Cluster cluster) {
    Nodes.Quorum quorum = new Nodes(cluster).quorum();
    Listing listing = Listing.of("node", "role", "end", "lag", "fetchAgeMs", "caughtUpAgeMs");
    long nowMs = quorum.replicas().stream().mapToLong(Nodes.Replica::lastFetchMs).max().orElse(0);
    for (Nodes.Replica replica : quorum.replicas()) {
      String role =
          replica.node() == quorum.leader() ? "leader" : replica.isVoter() ? "voter" : "observer";
      listing.add(
          replica.node(),
          role,
          replica.end(),
          Math.max(0, quorum.highWatermark() - replica.end()),
          ageMs(replica.lastFetchMs(), nowMs),
          ageMs(replica.lastCaughtUpMs(), nowMs));
    }
    say("epoch " + quorum.epoch() + "  high watermark " + quorum.highWatermark());
    print(listing);
  }

  /** By the leader's clock, which stamps itself with the present; null when it never happened. */
  private static @Nullable Long ageMs(long atMs, long nowMs) {
    return atMs < 0 ? null : Long.valueOf(Math.max(0, nowMs - atMs));
  }
}
