package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.Groups;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import picocli.CommandLine.Command;

/** {@code millrace group list}. */
@Command(name = "list", description = "List consumer groups.")
final class GroupList extends Connected {
  @Override
  protected void run(Cluster cluster) {
    Listing listing = Listing.of("group", "state", "protocol", "coordinator");
    for (Groups.Listed group : new Groups(cluster).list()) {
      listing.add(group.group(), group.state(), group.protocolType(), group.coordinator());
    }
    print(listing);
  }
}
