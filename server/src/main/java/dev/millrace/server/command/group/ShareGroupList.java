package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.ShareGroups;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import picocli.CommandLine.Command;

/** {@code millrace share-group list}. */
@Command(name = "list", description = "List share groups.")
final class ShareGroupList extends Connected {
  @Override
  protected void run(Cluster cluster) {
    Listing listing = Listing.of("group", "state", "coordinator");
    for (ShareGroups.Listed group : new ShareGroups(cluster).list()) {
      listing.add(group.group(), group.state(), group.coordinator());
    }
    print(listing);
  }
}
