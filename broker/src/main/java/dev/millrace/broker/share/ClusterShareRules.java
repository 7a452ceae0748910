package dev.millrace.broker.share;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.broker.Node;
import dev.millrace.broker.group.ImageTopics;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.group.ShareGroupRules;
import dev.millrace.coordinator.sharegroup.ShareGroupSettings;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import java.util.Map;

/** The settings and topics of share groups, from the cluster's image. */
record ClusterShareRules(Node node, StateStore store) implements ShareGroupRules {
  @Override
  public ShareGroupSettings settings(String groupId) {
    ClusterImage image = node.image();
    BrokerSettings broker = node.settings(image);
    Map<String, String> own = image.configs(new ConfigResource(ConfigScope.GROUP, groupId));
    return new ShareGroupSettings(
        ShareRules.limit(broker, own, "session.timeout.ms"),
        ShareRules.limit(broker, own, "heartbeat.interval.ms"),
        broker.intValue("group.share.max.size"));
  }

  @Override
  public TopicCatalog topics() {
    return new ImageTopics(node.image());
  }

  @Override
  public States states() {
    return store;
  }
}
