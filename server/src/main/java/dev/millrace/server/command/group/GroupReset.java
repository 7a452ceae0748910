package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.Groups;
import dev.millrace.client.Offsets;
import dev.millrace.client.TopicPartition;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import dev.millrace.server.command.terminal.Times;
import dev.millrace.server.command.terminal.UserException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace group reset-offsets NAME}: where a group without members goes on. */
@Command(
    name = "reset-offsets",
    description = "Set where a group goes on. Its members must be stopped.")
final class GroupReset extends Connected {
  @Parameters(paramLabel = "NAME", description = "Name of the group.")
  private String name = "";

  @Option(
      names = {"-t", "--topic"},
      paramLabel = "TOPIC[:N,N]",
      description = "Topic, or some of its partitions (default: all with an offset).")
  private List<String> topics = new ArrayList<>();

  @ArgGroup(multiplicity = "1")
  private @Nullable Target target;

  @Option(names = "--dry-run", description = "Show what would be set, and set nothing.")
  private boolean dryRun;

  /** Where to. */
  static final class Target {
    @Option(names = "--to-earliest", required = true, description = "The first record kept.")
    private boolean earliest;

    @Option(names = "--to-latest", required = true, description = "The end.")
    private boolean latest;

    @Option(
        names = "--to-offset",
        required = true,
        paramLabel = "N",
        description = "This offset, within what is kept.")
    private @Nullable Long offset;

    @Option(
        names = "--to-time",
        required = true,
        paramLabel = "TIME",
        description = "The first record not older: ISO 8601, or 15m, 2h, 3d ago.")
    private @Nullable String time;

    @Option(
        names = "--shift-by",
        required = true,
        paramLabel = "N",
        description = "So many records on; below zero back.")
    private @Nullable Long shift;
  }

  @Override
  protected void run(Cluster cluster) {
    Groups groups = new Groups(cluster);
    Map<TopicPartition, Long> now = groups.committed(name);
    List<TopicPartition> partitions = partitions(cluster, now);
    Map<TopicPartition, Long> wanted = wanted(cluster, partitions, now);
    if (!dryRun) {
      groups.commit(name, wanted);
    }
    Listing listing = Listing.of("topic", "partition", "offset", "newOffset");
    wanted.forEach((partition, offset) ->
        listing.add(partition.topic(), partition.partition(), now.get(partition), offset));
    print(listing);
    if (dryRun) {
      say("nothing was set; leave out --dry-run to set it");
    }
  }

  private List<TopicPartition> partitions(Cluster cluster, Map<TopicPartition, Long> now) {
    if (topics.isEmpty()) {
      if (now.isEmpty()) {
        throw UserException.failed("group has no offsets, name topics with --topic, group=" + name);
      }
      cluster.learn(now.keySet().stream().map(TopicPartition::topic).distinct().toList());
      return List.copyOf(now.keySet());
    }
    List<TopicPartition> partitions = new ArrayList<>();
    for (String each : topics) {
      int colon = each.indexOf(':');
      Topic topic = cluster.topic(colon < 0 ? each : each.substring(0, colon), false);
      if (colon < 0) {
        topic
            .partitions()
            .forEach(one -> partitions.add(new TopicPartition(topic.name(), one.index())));
      } else {
        for (String index : each.substring(colon + 1).split(",", -1)) {
          partitions.add(new TopicPartition(topic.name(), partition(topic, index)));
        }
      }
    }
    cluster.learn(partitions.stream().map(TopicPartition::topic).distinct().toList());
    return partitions;
  }

  private static int partition(Topic topic, String index) {
    int count = topic.partitions().size();
    for (int each = 0; each < count; each++) {
      if (index.equals(Integer.toString(each))) {
        return each;
      }
    }
    throw UserException.failed(
        "topic has no such partition, topic="
            + topic.name()
            + " partition="
            + index
            + " partitions="
            + count);
  }

  private Map<TopicPartition, Long> wanted(
      Cluster cluster, List<TopicPartition> partitions, Map<TopicPartition, Long> now) {
    Target to = target;
    if (to == null) {
      throw UserException.usage("say where to: --to-earliest, --to-latest, --to-offset …");
    }
    Offsets offsets = new Offsets(cluster);
    Map<TopicPartition, Long> first = offsets.at(Offsets.EARLIEST, partitions);
    Map<TopicPartition, Long> end = offsets.at(Offsets.LATEST, partitions);
    Map<TopicPartition, Long> found =
        to.time == null
            ? Map.of()
            : offsets.at(Times.parse(to.time, Instant.now()).toEpochMilli(), partitions);
    Map<TopicPartition, Long> wanted = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      long low = first.getOrDefault(partition, 0L);
      long high = end.getOrDefault(partition, low);
      long aim = aim(to, found.getOrDefault(partition, -1L), low, high, now.get(partition));
      wanted.put(partition, Math.clamp(aim, low, high));
    }
    return wanted;
  }

  private static long aim(Target to, long atTime, long low, long high, @Nullable Long now) {
    if (to.earliest) {
      return low;
    }
    if (to.latest) {
      return high;
    }
    if (to.offset != null) {
      return to.offset;
    }
    if (to.shift != null) {
      return (now == null ? low : now) + to.shift;
    }
    return atTime < 0 ? high : atTime;
  }
}
