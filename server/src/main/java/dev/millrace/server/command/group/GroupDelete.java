package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.Groups;
import dev.millrace.server.command.terminal.Connected;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace group delete NAME}. */
@Command(name = "delete", description = "Delete groups without members, and their offsets.")
final class GroupDelete extends Connected {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of groups.")
  private List<String> names = List.of();

  @Override
  protected void run(Cluster cluster) {
    Groups groups = new Groups(cluster);
    for (String name : names) {
      groups.delete(name);
      say("deleted group " + name);
    }
  }
}
