package dev.millrace.server.command.group;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.Offsets;
import dev.millrace.client.ShareGroups;
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

/** {@code millrace share-group reset-offsets NAME}: where a share group without members goes on. */
@Command(
    name = "reset-offsets",
    aliases = "reset",
    description = "Set where a share group goes on. Its members must be stopped.")
final class ShareGroupReset extends Connected {
  @Parameters(paramLabel = "NAME", description = "Name of the share group.")
  private String name = "";

  @Option(
      names = {"-t", "--topic"},
      paramLabel = "TOPIC",
      description = "Topics (default: all that the group has begun).")
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
        names = "--to-time",
        required = true,
        paramLabel = "TIME",
        description = "The first record not older: ISO 8601, or 15m, 2h, 3d ago.")
    private @Nullable String time;
  }

  @Override
  protected void run(Cluster cluster) {
    ShareGroups groups = new ShareGroups(cluster);
    Map<TopicPartition, ShareGroups.Progress> now = groups.offsets(name);
    Map<TopicPartition, Long> wanted = wanted(cluster, partitions(cluster, now));
    if (!dryRun) {
      groups.alterOffsets(name, wanted);
    }
    Listing listing = Listing.of("topic", "partition", "start", "newStart");
    wanted.forEach((partition, offset) -> {
      ShareGroups.Progress before = now.get(partition);
      listing.add(
          partition.topic(),
          partition.partition(),
          before == null || before.start() < 0 ? null : before.start(),
          offset);
    });
    print(listing);
    if (dryRun) {
      say("nothing was set; leave out --dry-run to set it");
    }
  }

  private List<TopicPartition> partitions(
      Cluster cluster, Map<TopicPartition, ShareGroups.Progress> now) {
    List<TopicPartition> partitions = new ArrayList<>(topics.isEmpty() ? now.keySet() : List.of());
    for (String each : topics) {
      Topic topic = cluster.topic(each, false);
      for (int index = 0; index < topic.partitions().size(); index++) {
        partitions.add(new TopicPartition(topic.name(), index));
      }
    }
    if (partitions.isEmpty()) {
      throw UserException.failed(
          "share group has not begun any topic, name topics with --topic, group=" + name);
    }
    cluster.learn(partitions.stream().map(TopicPartition::topic).distinct().toList());
    return partitions;
  }

  private Map<TopicPartition, Long> wanted(Cluster cluster, List<TopicPartition> partitions) {
    Target to = target;
    if (to == null) {
      throw UserException.usage("say where to: --to-earliest, --to-latest, --to-time TIME");
    }
    Offsets offsets = new Offsets(cluster);
    Map<TopicPartition, Long> end = offsets.at(Offsets.LATEST, partitions);
    if (to.latest) {
      return end;
    }
    long time = to.earliest || to.time == null ? Offsets.EARLIEST : aim(to.time);
    Map<TopicPartition, Long> wanted = new TreeMap<>(offsets.at(time, partitions));
    wanted.replaceAll((partition, at) -> at < 0 ? end.getOrDefault(partition, 0L) : at);
    return wanted;
  }

  private static long aim(String time) {
    return Times.parse(time, Instant.now()).toEpochMilli();
  }
}
