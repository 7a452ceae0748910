package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.GroupSettings;
import dev.millrace.base.settings.SettingSource;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.consumer.Assignor;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.group.ConsumerRules;
import dev.millrace.quorum.control.Features;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the cluster's image says about groups of the consumer protocol. What is set for one group
 * goes before what is set for the broker. Safe for any thread.
 */
final class ClusterConsumerRules implements ConsumerRules {
  private static final int READ_MAX = 10_000;

  private final Node node;
  private volatile Read last;

  /** Settings of an image, which are read once for each group. */
  private record Read(
      ClusterImage image, BrokerSettings broker, Map<String, ConsumerSettings> ofGroups) {
    static Read of(Node node, ClusterImage image) {
      return new Read(image, node.settings(image), new ConcurrentHashMap<>());
    }

    ConsumerSettings settings(String groupId) {
      Map<String, String> own = image.configs(new ConfigResource(ConfigScope.GROUP, groupId));
      // groups without settings of their own share theirs
      String key = own.isEmpty() ? "" : groupId;
      ConsumerSettings known = ofGroups.get(key);
      if (known == null) {
        known = read(broker, broker.group(own));
        if (ofGroups.size() < READ_MAX) {
          ofGroups.put(key, known);
        }
      }
      return known;
    }
  }

  ClusterConsumerRules(Node node) {
    this.node = node;
    this.last = Read.of(node, node.image());
  }

  /** Whether the cluster speaks the consumer protocol: {@code group.version} is 1. */
  static boolean areOn(Node node) {
    ClusterImage image = node.image();
    return image.featureLevel(Features.GROUP_VERSION) > 0
        && node.settings(image)
            .listValue("group.coordinator.rebalance.protocols")
            .contains("consumer");
  }

  @Override
  public ConsumerSettings settings(String groupId) {
    ClusterImage image = node.image();
    Read read = last;
    if (read.image() != image) {
      read = Read.of(node, image);
      last = read;
    }
    return read.settings(groupId);
  }

  @Override
  public TopicCatalog topics() {
    return new ImageTopics(node.image());
  }

  private static ConsumerSettings read(BrokerSettings broker, GroupSettings group) {
    return new ConsumerSettings(
        bounded(broker, group, "session.timeout.ms"),
        bounded(broker, group, "heartbeat.interval.ms"),
        !isChosen(broker, group, "heartbeat.interval.ms"),
        !isChosen(broker, group, "assignment.interval.ms"),
        broker.intValue("group.consumer.max.size"),
        assignors(broker.listValue("group.consumer.assignors")),
        bounded(broker, group, "assignment.interval.ms"),
        ConsumerSettings.Migration.valueOf(
            broker.stringValue("group.consumer.migration.policy").toUpperCase(Locale.ROOT)));
  }

  /** Whether somebody has set it, for the group or for all. */
  private static boolean isChosen(BrokerSettings broker, GroupSettings group, String name) {
    return group.isOwn("consumer." + name)
        || broker.shown("group.consumer." + name).source() != SettingSource.DEFAULT;
  }

  /** A group's value, which the broker may have come to allow no longer. */
  private static int bounded(BrokerSettings broker, GroupSettings group, String name) {
    int value = group.intValue("consumer." + name);
    int least = broker.intValue("group.consumer.min." + name);
    int most = broker.intValue("group.consumer.max." + name);
    return group.isOwn("consumer." + name) && least <= most
        ? Math.clamp(value, least, most)
        : value;
  }

  private static List<Assignor> assignors(List<String> names) {
    List<Assignor> assignors = new ArrayList<>();
    for (String name : names) {
      for (Assignor assignor : Assignor.all()) {
        if (assignor.name().equals(name)) {
          assignors.add(assignor);
        }
      }
    }
    return assignors.isEmpty() ? Assignor.all() : List.copyOf(assignors);
  }
}
