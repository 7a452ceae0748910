package dev.millrace.server.command.topic;

import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.Topics;
import dev.millrace.server.command.config.SettingChange;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic create NAME}. */
@Command(name = "create", description = "Create topics.")
final class TopicCreate extends Connected {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of the new topics.")
  private List<String> names = List.of();

  @Option(
      names = {"-p", "--partitions"},
      paramLabel = "N",
      description = "Number of partitions (default: the cluster's num.partitions).")
  private int partitions = Topics.CLUSTER_DEFAULT;

  @Option(
      names = {"-r", "--replicas", "--replication-factor"},
      paramLabel = "N",
      description = "Copies of each partition (default: the cluster's default.replication.factor).")
  private int replicas = Topics.CLUSTER_DEFAULT;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "A topic setting, such as retention.ms=3600000. May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--if-missing", description = "A topic that is there already is no error.")
  private boolean ifMissing;

  @Override
  protected void run(Cluster cluster) {
    Topics topics = new Topics(cluster);
    Map<String, String> set = SettingChange.parse(settings);
    Listing listing = Listing.of("topic", "partitions", "replicas", "created");
    for (String name : names) {
      try {
        Topics.Created created = topics.create(name, partitions, replicas, set);
        listing.add(created.name(), created.partitions(), created.replicas(), true);
      } catch (ClientException e) {
        if (!ifMissing || !e.is(ErrorCode.TOPIC_ALREADY_EXISTS)) {
          throw e;
        }
        listing.add(name, null, null, false);
      }
    }
    print(listing);
  }
}
