package dev.millrace.server.command.topic;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView.Partition;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.Configs;
import dev.millrace.client.Offsets;
import dev.millrace.client.TopicPartition;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Listing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic describe NAME}. */
@Command(
    name = "describe",
    description = "Show the partitions of topics, where they begin and end, and their settings.")
final class TopicDescribe extends Connected {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of topics.")
  private List<String> names = List.of();

  @Option(names = "--all-settings", description = "Show settings at their defaults too.")
  private boolean allSettings;

  @Override
  protected void run(Cluster cluster) {
    List<Object> described = new ArrayList<>();
    for (String name : names) {
      Topic topic = cluster.topic(name, false);
      Listing partitions = partitions(cluster, topic);
      Map<String, String> settings = settings(cluster, name);
      if (isJson()) {
        described.add(json(topic, partitions, settings));
      } else {
        out().println("topic " + name + "  id " + topic.id());
        settings.forEach((key, value) -> out().println("  " + key + "=" + value));
        print(partitions);
      }
    }
    if (isJson()) {
      out().println(Json.text(described));
    }
  }

  private Map<String, String> settings(Cluster cluster, String name) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Configs.Entry entry : new Configs(cluster).describe(Configs.Kind.TOPIC, name)) {
      if (allSettings || !entry.isDefault()) {
        settings.put(entry.name(), entry.value() == null ? "" : entry.value());
      }
    }
    return settings;
  }

  private static Listing partitions(Cluster cluster, Topic topic) {
    List<TopicPartition> all = new ArrayList<>();
    topic.partitions().forEach(part -> all.add(new TopicPartition(topic.name(), part.index())));
    Offsets offsets = new Offsets(cluster);
    Map<TopicPartition, Long> starts = offsets.ofAvailable(Offsets.EARLIEST, all);
    Map<TopicPartition, Long> ends = offsets.ofAvailable(Offsets.LATEST, all);
    Listing listing =
        Listing.of("partition", "leader", "epoch", "replicas", "inSync", "start", "end");
    for (Partition part : topic.partitions()) {
      TopicPartition partition = new TopicPartition(topic.name(), part.index());
      listing.add(
          part.index(),
          part.leader(),
          part.leaderEpoch(),
          part.replicas(),
          part.inSync(),
          starts.get(partition),
          ends.get(partition));
    }
    return listing;
  }

  private static Map<String, Object> json(
      Topic topic, Listing partitions, Map<String, String> settings) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", topic.name());
    json.put("id", topic.id());
    json.put("internal", topic.isInternal());
    json.put("settings", settings);
    json.put("partitions", partitions.objects());
    return json;
  }
}
