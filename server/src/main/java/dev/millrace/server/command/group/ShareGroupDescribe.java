package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.ShareGroups;
import dev.millrace.client.TopicPartition;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Listing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace share-group describe NAME}. */
@Command(
    name = "describe",
    description = "Show the members of share groups, where the groups are and how far behind.")
final class ShareGroupDescribe extends Connected {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of share groups.")
  private List<String> names = List.of();

  @Override
  protected void run(Cluster cluster) {
    ShareGroups groups = new ShareGroups(cluster);
    List<Object> described = new ArrayList<>();
    for (String name : names) {
      ShareGroups.Described group = groups.describe(name);
      Listing partitions = partitions(group, groups.offsets(name));
      if (isJson()) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("group", name);
        object.put("state", group.state());
        object.put("epoch", group.epoch());
        object.put("members", group.members().stream().map(ShareGroupDescribe::json).toList());
        object.put("partitions", partitions.objects());
        described.add(object);
      } else {
        out()
            .println(
                "share group "
                    + name
                    + "  "
                    + group.state()
                    + "  members "
                    + group.members().size());
        print(partitions);
      }
    }
    if (isJson()) {
      out().println(Json.text(described));
    }
  }

  private static Map<String, @Nullable Object> json(ShareGroups.Member member) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("id", member.id());
    object.put("client", member.client());
    object.put("host", member.host());
    object.put("partitions", member.partitions().stream().map(String::valueOf).toList());
    return object;
  }

  private static Listing partitions(
      ShareGroups.Described group, Map<TopicPartition, ShareGroups.Progress> offsets) {
    Listing listing = Listing.of("topic", "partition", "start", "lag", "clients");
    TreeSet<TopicPartition> all = new TreeSet<>(offsets.keySet());
    group.members().forEach(member -> all.addAll(member.partitions()));
    for (TopicPartition partition : all) {
      ShareGroups.Progress progress = offsets.get(partition);
      listing.add(
          partition.topic(),
          partition.partition(),
          progress == null || progress.start() < 0 ? null : progress.start(),
          progress == null || progress.lag() < 0 ? null : progress.lag(),
          group.members().stream()
              .filter(member -> member.partitions().contains(partition))
              .map(ShareGroups.Member::client)
              .toList());
    }
    return listing;
  }
}
