package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.broker.GroupRules;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.consumer.Assignor;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.group.ConsumerRules;
import dev.millrace.quorum.control.Features;
import dev.millrace.quorum.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the cluster's image says about groups of the consumer protocol. What is set for one group
 * goes before what is set for the broker. Safe for any thread.
 */
final class ClusterConsumerRules implements ConsumerRules {
  private final Node node;
  private final GroupRules<ConsumerSettings> settings;

  ClusterConsumerRules(Node node) {
    this.node = node;
    this.settings =
        new GroupRules<>(
            node,
            (_, broker, ofGroup) ->
                read(new ProtocolSettings("consumer", broker, broker.group(ofGroup))));
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
    return settings.of(groupId);
  }

  @Override
  public TopicCatalog topics() {
    return new ImageTopics(node.image());
  }

  private static ConsumerSettings read(ProtocolSettings set) {
    BrokerSettings broker = set.broker();
    return new ConsumerSettings(
        set.bounded("session.timeout.ms"),
        set.bounded("heartbeat.interval.ms"),
        !set.isChosen("heartbeat.interval.ms"),
        !set.isChosen("assignment.interval.ms"),
        broker.intValue("group.consumer.max.size"),
        assignors(broker.listValue("group.consumer.assignors")),
        set.bounded("assignment.interval.ms"),
        ConsumerSettings.Migration.valueOf(
            broker.stringValue("group.consumer.migration.policy").toUpperCase(Locale.ROOT)));
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
