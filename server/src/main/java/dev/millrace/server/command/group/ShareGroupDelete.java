package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.Groups;
import dev.millrace.server.command.terminal.Connected;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace share-group delete NAME}. */
@Command(name = "delete", description = "Delete share groups without members, and where they were.")
final class ShareGroupDelete extends Connected {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of share groups.")
  private List<String> names = List.of();

  @Override
  protected void run(Cluster cluster) {
    Groups groups = new Groups(cluster); // one request deletes groups of all kinds
    for (String name : names) {
      groups.delete(name);
      say("deleted share group " + name);
    }
  }
}
