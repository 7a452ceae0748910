package dev.millrace.server.command.topic;

import dev.millrace.client.Cluster;
import dev.millrace.client.Configs;
import dev.millrace.client.Topics;
import dev.millrace.server.command.config.SettingChange;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace topic alter NAME}. */
@Command(name = "alter", description = "Give a topic more partitions or other settings.")
final class TopicAlter extends Connected {
  @Parameters(paramLabel = "NAME", description = "Name of the topic.")
  private String name = "";

  @Option(
      names = {"-p", "--partitions"},
      paramLabel = "N",
      description = "The new number of partitions; it can only grow.")
  private int partitions;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "A topic setting. May be repeated.")
  private List<String> set = new ArrayList<>();

  @Option(
      names = "--unset",
      paramLabel = "NAME",
      description = "A setting that goes back to the cluster's. May be repeated.")
  private List<String> unset = new ArrayList<>();

  @Override
  protected void run(Cluster cluster) {
    Map<String, String> settings = SettingChange.parse(set);
    if (partitions == 0 && settings.isEmpty() && unset.isEmpty()) {
      throw UserException.usage("nothing to alter, give --partitions, --set or --unset");
    }
    if (!settings.isEmpty() || !unset.isEmpty()) {
      new Configs(cluster).alter(Configs.Kind.TOPIC, name, settings, unset);
    }
    if (partitions != 0) {
      new Topics(cluster).grow(name, partitions);
    }
    say("altered topic " + name);
  }
}
