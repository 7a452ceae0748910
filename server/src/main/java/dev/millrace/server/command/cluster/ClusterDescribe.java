package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.ClusterView.Node;
import dev.millrace.client.ClusterView.Partition;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Listing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code millrace cluster describe}. */
@Command(name = "describe", description = "Show the nodes and what each of them leads.")
final class ClusterDescribe extends Connected {
  @Override
  protected void run(Cluster cluster) {
    ClusterView view = cluster.learnAll();
    List<Partition> partitions =
        view.topics().values().stream().flatMap(topic -> topic.partitions().stream()).toList();
    Listing nodes = Listing.of("node", "address", "rack", "leads", "copies");
    for (Node node : view.nodes().values()) {
      nodes.add(
          node.id(),
          node.endpoint().toString(),
          node.rack(),
          partitions.stream().filter(part -> part.leader() == node.id()).count(),
          partitions.stream().filter(part -> part.replicas().contains(node.id())).count());
    }
    if (isJson()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("cluster", view.clusterId());
      json.put("controller", view.controllerId());
      json.put("topics", view.topics().size());
      json.put("partitions", partitions.size());
      json.put("nodes", nodes.objects());
      out().println(Json.text(json));
    } else {
      out()
          .println(
              "cluster "
                  + view.clusterId()
                  + "  topics "
                  + view.topics().size()
                  + "  partitions "
                  + partitions.size());
      print(nodes);
    }
  }
}
