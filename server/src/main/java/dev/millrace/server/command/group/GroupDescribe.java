package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.Groups;
import dev.millrace.client.Offsets;
import dev.millrace.client.TopicPartition;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Listing;
import dev.millrace.server.command.terminal.UserException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace group describe NAME}. */
@Command(
    name = "describe",
    description =
        "Show the members of groups, their partitions, offsets and how far behind they are.")
final class GroupDescribe extends Connected {
  private static final String DEAD = "Dead";

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of groups.")
  private List<String> names = List.of();

  @Override
  protected void run(Cluster cluster) {
    Groups groups = new Groups(cluster);
    List<Object> described = new ArrayList<>();
    for (String name : names) {
      Groups.Described group = groups.describe(name);
      Map<TopicPartition, Long> committed = groups.committed(name);
      if (DEAD.equals(group.state()) && committed.isEmpty()) {
        throw UserException.failed("no such group, group=" + name);
      }
      Listing partitions = partitions(cluster, group, committed);
      if (isJson()) {
        described.add(json(group, partitions));
      } else {
        out()
            .println(
                "group "
                    + name
                    + "  "
                    + group.type()
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

  private Listing partitions(
      Cluster cluster, Groups.Described group, Map<TopicPartition, Long> committed) {
    Map<TopicPartition, Groups.Member> owners = new HashMap<>();
    group.members().forEach(member -> member.owned().forEach(part -> owners.put(part, member)));
    TreeSet<TopicPartition> all = new TreeSet<>(committed.keySet());
    all.addAll(owners.keySet());
    Map<TopicPartition, Long> ends = ends(cluster, all);
    Map<TopicPartition, Long> behind = new LagTime(bootstrap()).seconds(committed, ends);
    Listing listing =
        Listing.of(
            "topic", "partition", "offset", "end", "lag", "lagSeconds", "member", "client", "host");
    for (TopicPartition partition : all) {
      Long offset = committed.get(partition);
      Long end = ends.get(partition);
      Groups.Member owner = owners.get(partition);
      listing.add(
          partition.topic(),
          partition.partition(),
          offset,
          end,
          lag(offset, end),
          behind.get(partition),
          owner == null ? null : owner.id(),
          owner == null ? null : owner.client(),
          owner == null ? null : owner.host());
    }
    return listing;
  }

  /** Ends of the partitions that are still there: a group may remember deleted topics. */
  private static Map<TopicPartition, Long> ends(Cluster cluster, Set<TopicPartition> wanted) {
    TreeSet<String> topics = new TreeSet<>();
    wanted.forEach(partition -> topics.add(partition.topic()));
    cluster.learn(topics);
    List<TopicPartition> there =
        wanted.stream().filter(partition -> cluster.leader(partition) >= 0).toList();
    return there.isEmpty() ? Map.of() : new Offsets(cluster).ofAvailable(Offsets.LATEST, there);
  }

  private static @Nullable Long lag(@Nullable Long offset, @Nullable Long end) {
    return offset == null || end == null ? null : Long.valueOf(Math.max(0, end - offset));
  }

  private static Map<String, Object> json(Groups.Described group, Listing partitions) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("group", group.group());
    json.put("type", group.type());
    json.put("state", group.state());
    json.put("assignor", group.protocol());
    List<Object> members = new ArrayList<>();
    for (Groups.Member member : group.members()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("member", member.id());
      entry.put("instance", member.instanceId());
      entry.put("client", member.client());
      entry.put("host", member.host());
      entry.put("partitions", member.owned());
      members.add(entry);
    }
    json.put("members", members);
    json.put("partitions", partitions.objects());
    return json;
  }
}
