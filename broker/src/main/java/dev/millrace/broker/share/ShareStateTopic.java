package dev.millrace.broker.share;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The topic on which the states of share groups live. It is created when somebody first needs a
 * state, with as many copies as {@code share.coordinator.state.topic.replication.factor} says, or
 * as there are brokers if these are fewer.
 */
final class ShareStateTopic {
  private static final Logger LOG = System.getLogger("dev.millrace.broker");

  private final Node node;
  private final ActiveController controller;

  ShareStateTopic(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  /** The topic in an image, or null when it is not there yet. */
  static @Nullable TopicImage of(ClusterImage image) {
    return image.topic(ShareCoordinator.TOPIC);
  }

  /** How many partitions the topic has, or will have when it is created. */
  static int partitionCount(Node node) {
    ClusterImage image = node.image();
    TopicImage topic = of(image);
    return topic == null
        ? node.settings(image).intValue("share.coordinator.state.topic.num.partitions")
        : topic.partitionCount();
  }

  /**
   * Runs {@code then} when the topic is in this node's image or cannot be created, on any thread.
   */
  void create(Runnable then) {
    ClusterImage image = node.image();
    if (of(image) != null) {
      then.run();
      return;
    }
    controller.submit(
        new CreateTopics(List.of(topic(image)), false),
        outcome -> {
          tell(outcome);
          then.run();
        });
  }

  /** What is not needed is cut off at the front, so nothing is compacted or deleted by age. */
  private NewTopic topic(ClusterImage image) {
    BrokerSettings settings = node.settings(image);
    int copies =
        Math.min(
            settings.shortValue("share.coordinator.state.topic.replication.factor"),
            Math.max(image.brokers().size(), 1));
    return new NewTopic(
        ShareCoordinator.TOPIC,
        settings.intValue("share.coordinator.state.topic.num.partitions"),
        copies,
        Map.of(),
        Map.of(
            "cleanup.policy",
            "delete",
            "compression.type",
            "producer",
            "retention.ms",
            "-1",
            "segment.bytes",
            Integer.toString(settings.intValue("share.coordinator.state.topic.segment.bytes"))));
  }

  /** Several may ask at once; all but one find that it exists. */
  private static void tell(Outcome<Map<String, Outcome<CreatedTopic>>> outcome) {
    switch (outcome) {
      case Outcome.Done<Map<String, Outcome<CreatedTopic>>> done ->
          done.value().values().forEach(ShareStateTopic::tellOne);
      case Outcome.Refused<Map<String, Outcome<CreatedTopic>>> refused -> tell(refused.message());
    }
  }

  private static void tellOne(Outcome<CreatedTopic> outcome) {
    if (outcome instanceof Outcome.Refused<CreatedTopic> refused
        && refused.error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
      tell(refused.message());
    }
  }

  private static void tell(String reason) {
    LOG.log(
        Level.WARNING,
        "topic of share group states cannot be created, no share group can be used, topic="
            + ShareCoordinator.TOPIC
            + " reason="
            + reason);
  }
}
