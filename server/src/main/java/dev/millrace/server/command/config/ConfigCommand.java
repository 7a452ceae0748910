package dev.millrace.server.command.config;

import dev.millrace.base.settings.Spelling;
import dev.millrace.client.Cluster;
import dev.millrace.client.Configs;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import dev.millrace.server.command.terminal.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace config KIND [NAME]}: shows settings, or changes them with --set and --unset. */
@Command(
    name = "config",
    description = "Show or change the settings of a topic, a broker or a group.")
public final class ConfigCommand extends Connected {
  private static final String OF_LISTENER = "listener.name.";

  private final Set<String> known = new TreeSet<>();

  @Parameters(index = "0", paramLabel = "KIND", description = "topic, broker or group.")
  private String kind = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Topic, node id or group; a broker without one means the cluster's defaults.")
  private String name = "";

  @Option(names = "--all", description = "Show settings at their defaults too.")
  private boolean all;

  @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A new value. May be repeated.")
  private List<String> set = new ArrayList<>();

  @Option(
      names = "--unset",
      paramLabel = "NAME",
      description = "A setting that goes back to its default. May be repeated.")
  private List<String> unset = new ArrayList<>();

  @Option(
      names = "--force",
      description = "Set what a broker does not know, for a plugin of its own.")
  private boolean force;

  @Override
  public void run(Cluster cluster) {
    Configs configs = new Configs(cluster);
    Configs.Kind resource = kind();
    if (resource == Configs.Kind.BROKER && !name.isEmpty()) {
      requireNode(cluster);
    }
    Map<String, String> settings = SettingChange.parse(set);
    if (resource == Configs.Kind.BROKER && !force) {
      settings.keySet().forEach(setting -> requireKnown(cluster, setting));
    }
    if (!settings.isEmpty() || !unset.isEmpty()) {
      configs.alter(resource, name, settings, unset);
      say("altered " + kind + (name.isEmpty() ? " defaults of all nodes" : " " + name));
      return;
    }
    Listing listing = Listing.of("setting", "value", "source", "readOnly");
    for (Configs.Entry entry : configs.describe(resource, name)) {
      if (all || !entry.isDefault()) {
        listing.add(entry.name(), entry.value(), entry.source(), entry.readOnly());
      }
    }
    print(listing);
  }

  private void requireNode(Cluster cluster) {
    Set<Integer> nodes = cluster.learnAll().nodes().keySet();
    if (nodes.stream().noneMatch(node -> name.equals(Integer.toString(node)))) {
      throw UserException.failed("no such node, node=" + name + " nodes=" + new TreeSet<>(nodes));
    }
  }

  /**
   * Brokers take any name, for plugins that read it; mostly it is misspelt. They list all that they
   * know but for what belongs to one listener.
   */
  private void requireKnown(Cluster cluster, String setting) {
    if (setting.startsWith(OF_LISTENER)) {
      return;
    }
    if (known.isEmpty()) {
      for (int node : cluster.learn(List.of()).nodes().keySet()) {
        new Configs(cluster)
            .describe(Configs.Kind.BROKER, Integer.toString(node))
            .forEach(entry -> known.add(entry.name()));
      }
    }
    if (!known.contains(setting)) {
      String nearest = Spelling.nearest(setting, known);
      throw UserException.failed(
          "no broker knows this setting, name="
              + setting
              + (nearest == null ? "" : ", did you mean " + nearest + "?")
              + "; for a plugin that reads it set it with --force");
    }
  }

  private Configs.Kind kind() {
    Configs.Kind resource;
    try {
      resource = Configs.Kind.valueOf(kind.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw UserException.usage("KIND must be topic, broker or group, got=" + kind);
    }
    if (name.isEmpty() && resource != Configs.Kind.BROKER) {
      throw UserException.usage(
          "name the " + kind + ", for example: millrace config " + kind + " NAME");
    }
    if (resource == Configs.Kind.BROKER && !name.matches("-?[0-9]*")) {
      throw UserException.usage("a broker is named by its node id, got=" + name);
    }
    return resource;
  }
}
