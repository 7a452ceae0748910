package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.GroupSettings;
import dev.millrace.base.settings.SettingSource;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.group.StreamsGroupRules;
import dev.millrace.coordinator.streams.InternalTopic;
import dev.millrace.coordinator.streams.StreamsSettings;
import dev.millrace.quorum.control.Features;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster's image says about streams groups. What is set for one group goes before what is
 * set for the broker. Safe for any thread.
 */
final class ClusterStreamsRules implements StreamsGroupRules {
  private static final int READ_MAX = 10_000;

  private final Node node;
  private final InternalTopics internalTopics;
  private volatile Read last;

  /** Settings of an image, which are read once for each group. */
  private record Read(
      ClusterImage image, BrokerSettings broker, Map<String, StreamsSettings> ofGroups) {
    static Read of(Node node, ClusterImage image) {
      return new Read(image, node.settings(image), new ConcurrentHashMap<>());
    }

    StreamsSettings settings(String groupId) {
      Map<String, String> own = image.configs(new ConfigResource(ConfigScope.GROUP, groupId));
      // groups without settings of their own share theirs
      String key = own.isEmpty() ? "" : groupId;
      StreamsSettings known = ofGroups.get(key);
      if (known == null) {
        known = read(broker, broker.group(own));
        if (ofGroups.size() < READ_MAX) {
          ofGroups.put(key, known);
        }
      }
      return known;
    }
  }

  ClusterStreamsRules(Node node, InternalTopics internalTopics) {
    this.node = node;
    this.internalTopics = internalTopics;
    this.last = Read.of(node, node.image());
  }

  /** Whether the cluster has streams groups: {@code streams.version} is 1. */
  static boolean areOn(Node node) {
    ClusterImage image = node.image();
    return image.featureLevel(Features.STREAMS_VERSION) > 0
        && node.settings(image)
            .listValue("group.coordinator.rebalance.protocols")
            .contains("streams");
  }

  @Override
  public StreamsSettings settings(String groupId) {
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

  @Override
  public @Nullable String create(Collection<InternalTopic> missing) {
    return internalTopics.create(missing);
  }

  private static StreamsSettings read(BrokerSettings broker, GroupSettings group) {
    return new StreamsSettings(
        bounded(broker, group, "session.timeout.ms"),
        bounded(broker, group, "heartbeat.interval.ms"),
        !isChosen(broker, group, "heartbeat.interval.ms"),
        broker.intValue("group.streams.max.size"),
        Math.min(
            group.intValue("streams.num.standby.replicas"),
            broker.intValue("group.streams.max.standby.replicas")),
        group.intValue("streams.initial.rebalance.delay.ms"),
        bounded(broker, group, "assignment.interval.ms"),
        !isChosen(broker, group, "assignment.interval.ms"));
  }

  /** Whether somebody has set it, for the group or for all. */
  private static boolean isChosen(BrokerSettings broker, GroupSettings group, String name) {
    return group.isOwn("streams." + name)
        || broker.shown("group.streams." + name).source() != SettingSource.DEFAULT;
  }

  /** A group's value, which the broker may have come to allow no longer. */
  private static int bounded(BrokerSettings broker, GroupSettings group, String name) {
    int value = group.intValue("streams." + name);
    int least = broker.intValue("group.streams.min." + name);
    int most = broker.intValue("group.streams.max." + name);
    return group.isOwn("streams." + name) && least <= most ? Math.clamp(value, least, most) : value;
  }
}
