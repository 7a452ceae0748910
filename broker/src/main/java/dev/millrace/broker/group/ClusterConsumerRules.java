package dev.millrace.broker.group;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.SettingSource;
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
import org.jspecify.annotations.Nullable;

/**
 * What the cluster's image says about groups of the consumer protocol. What is set for one group
 * goes before what is set for the broker. Safe for any thread.
 */
final class ClusterConsumerRules implements ConsumerRules {
  /** Why the APIs of the consumer protocol are refused. */
  static final String OFF =
      "the consumer protocol is off, finalize group.version 1 to use it (KIP-848)";

  private static final String HEARTBEAT_INTERVAL = "group.consumer.heartbeat.interval.ms";

  private final Node node;
  private volatile @Nullable Read last;

  /** Settings of an image, which are read once. */
  private record Read(ClusterImage image, ConsumerSettings settings) {}

  ClusterConsumerRules(Node node) {
    this.node = node;
  }

  /** Whether the cluster speaks the consumer protocol. */
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
    if (read == null || read.image() != image) {
      read = new Read(image, settings(node.settings(image)));
      last = read;
    }
    return read.settings();
  }

  @Override
  public TopicCatalog topics() {
    return new ImageTopics(node.image());
  }

  private static ConsumerSettings settings(BrokerSettings broker) {
    return new ConsumerSettings(
        broker.intValue("group.consumer.session.timeout.ms"),
        broker.intValue(HEARTBEAT_INTERVAL),
        broker.shown(HEARTBEAT_INTERVAL).source() == SettingSource.DEFAULT,
        broker.intValue("group.consumer.max.size"),
        assignors(broker.listValue("group.consumer.assignors")),
        broker.intValue("group.consumer.assignment.interval.ms"),
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
