package dev.millrace.broker.coordinator;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.Voter;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Node;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The topic on which a coordinator lives. It is created when somebody first asks for a coordinator,
 * with as many copies as its setting says, or as the cluster has brokers if these are fewer: a
 * single node needs no configuration.
 */
public final class CoordinatorTopic {
  private static final Logger LOG = System.getLogger("dev.millrace.broker");

  private final Node node;
  private final ActiveController controller;
  private final Layout layout;

  /**
   * What makes a topic.
   *
   * @param prefix of the settings {@code num.partitions} and {@code replication.factor}
   * @param configs of the topic, from the broker's settings
   */
  public record Layout(
      String name,
      String prefix,
      Function<BrokerSettings, Map<String, @Nullable String>> configs) {}

  public CoordinatorTopic(Node node, ActiveController controller, Layout layout) {
    this.node = node;
    this.controller = controller;
    this.layout = layout;
  }

  /** The topic in an image, or null when it is not there yet. */
  public @Nullable TopicImage in(ClusterImage image) {
    return image.topic(layout.name());
  }

  /** How many partitions the topic has, or will have when it is created. */
  public int partitionCount() {
    ClusterImage image = node.image();
    TopicImage topic = in(image);
    return topic == null
        ? node.settings(image).intValue(layout.prefix() + "num.partitions")
        : topic.partitionCount();
  }

  /**
   * Runs {@code then} when the topic is in this node's image or cannot be created, on any thread.
   */
  public void create(Runnable then) {
    ClusterImage image = node.image();
    BrokerSettings settings = node.settings(image);
    int copies =
        Math.min(
            settings.shortValue(layout.prefix() + "replication.factor"),
            clusterSize(image, settings));
    NewTopic topic =
        new NewTopic(
            layout.name(),
            settings.intValue(layout.prefix() + "num.partitions"),
            copies,
            Map.of(),
            layout.configs().apply(settings));
    controller.submit(
        new CreateTopics(List.of(topic), false),
        outcome -> {
          tell(outcome);
          then.run();
        });
  }

  /**
   * How many brokers there are, or will be when all voters have come up for the first time: the
   * first client of a cluster that is just starting must not be what halves the copies for good.
   */
  private static int clusterSize(ClusterImage image, BrokerSettings settings) {
    int voters = settings.listValue(Voter.SETTING).size();
    return Math.max(1, Math.max(image.brokers().size(), voters));
  }

  /** Several clients may ask at once; all but one find that it exists. */
  private void tell(Outcome<Map<String, Outcome<CreatedTopic>>> outcome) {
    switch (outcome) {
      case Outcome.Done<Map<String, Outcome<CreatedTopic>>> done ->
          done.value().values().forEach(this::tellOne);
      case Outcome.Refused<Map<String, Outcome<CreatedTopic>>> refused -> tell(refused.message());
    }
  }

  private void tellOne(Outcome<CreatedTopic> outcome) {
    if (outcome instanceof Outcome.Refused<CreatedTopic> refused
        && refused.error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
      tell(refused.message());
    }
  }

  private void tell(String reason) {
    LOG.log(
        Level.WARNING,
        "topic of coordinators cannot be created, what they coordinate cannot be used, topic="
            + layout.name()
            + " reason="
            + reason);
  }
}
