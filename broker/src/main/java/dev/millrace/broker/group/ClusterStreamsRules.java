package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.broker.GroupRules;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.group.StreamsGroupRules;
import dev.millrace.coordinator.streams.InternalTopic;
import dev.millrace.coordinator.streams.StreamsSettings;
import dev.millrace.quorum.control.Features;
import dev.millrace.quorum.image.ClusterImage;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster's image says about streams groups. What is set for one group goes before what is
 * set for the broker. Safe for any thread.
 */
final class ClusterStreamsRules implements StreamsGroupRules {
  private final Node node;
  private final InternalTopics internalTopics;
  private final GroupRules<StreamsSettings> settings;

  ClusterStreamsRules(Node node, InternalTopics internalTopics) {
    this.node = node;
    this.internalTopics = internalTopics;
    this.settings =
        new GroupRules<>(
            node,
            (_, broker, ofGroup) ->
                read(new ProtocolSettings("streams", broker, broker.group(ofGroup))));
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
    return settings.of(groupId);
  }

  @Override
  public TopicCatalog topics() {
    return new ImageTopics(node.image());
  }

  @Override
  public @Nullable String create(Collection<InternalTopic> missing) {
    return internalTopics.create(missing);
  }

  private static StreamsSettings read(ProtocolSettings set) {
    BrokerSettings broker = set.broker();
    return new StreamsSettings(
        set.bounded("session.timeout.ms"),
        set.bounded("heartbeat.interval.ms"),
        !set.isChosen("heartbeat.interval.ms"),
        broker.intValue("group.streams.max.size"),
        Math.min(
            set.group().intValue("streams.num.standby.replicas"),
            broker.intValue("group.streams.max.standby.replicas")),
        set.group().intValue("streams.initial.rebalance.delay.ms"),
        set.bounded("assignment.interval.ms"),
        !set.isChosen("assignment.interval.ms"));
  }
}
