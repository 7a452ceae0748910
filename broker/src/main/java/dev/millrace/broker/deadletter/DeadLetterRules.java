package dev.millrace.broker.deadletter;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.TopicSettings;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.Features;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.quorum.image.TopicImage;
import java.util.Map;

/**
 * Where the dead letters of a group go, by what is set now. A topic takes them only when it was
 * told to ({@code errors.deadletterqueue.group.enable}) and has the prefix that the operator set
 * ({@code errors.deadletterqueue.topic.name.prefix}): whoever may have a record rejected writes to
 * it, without a right to. Safe for any thread.
 */
public record DeadLetterRules(Node node) {
  /** The level of {@code share.version} from which on there are dead-letter queues. */
  private static final short FIRST_LEVEL = 2;

  static final String GROUP_ENABLE = "errors.deadletterqueue.group.enable";
  private static final String TOPIC_NAME = "errors.deadletterqueue.topic.name";
  private static final String COPY = "errors.deadletterqueue.copy.record.enable";
  private static final String PREFIX = "errors.deadletterqueue.topic.name.prefix";
  private static final String AUTO_CREATE = "errors.deadletterqueue.auto.create.topics.enable";
  private static final String OF_THE_CLUSTER = "__";

  /** Where they go. */
  sealed interface Destination {
    /**
     * To a partition.
     *
     * @param copies whether key, value and headers of the records go with them
     * @param batchBytesMax {@code max.message.bytes} of the topic
     */
    record Ready(String topic, Uuid topicId, int partition, boolean copies, int batchBytesMax)
        implements Destination {}

    /** To a topic that is to be made. */
    record Missing(String topic) implements Destination {}

    /** Nowhere. */
    record Nowhere(String reason) implements Destination {}
  }

  /** Whether a group's settings, as they are set for it, name a dead-letter queue. */
  public static boolean isOn(ClusterImage image, Map<String, String> ofGroup) {
    return image.featureLevel(Features.SHARE_VERSION) >= FIRST_LEVEL && !topic(ofGroup).isEmpty();
  }

  private static String topic(Map<String, String> ofGroup) {
    return ofGroup.getOrDefault(TOPIC_NAME, "").strip();
  }

  /** Where the dead letters of a group go that come from a partition of this number. */
  Destination of(String groupId, int sourcePartition) {
    ClusterImage image = node.image();
    BrokerSettings broker = node.settings(image);
    Map<String, String> ofGroup = image.configs(new ConfigResource(ConfigScope.GROUP, groupId));
    String name = topic(ofGroup);
    String prefix = broker.stringValue(PREFIX);
    if (name.isEmpty()) {
      return new Destination.Nowhere("group has no dead-letter topic any more");
    }
    if (name.startsWith(OF_THE_CLUSTER) || !name.startsWith(prefix)) {
      return new Destination.Nowhere(
          "name of the dead-letter topic is not allowed, it must start with "
              + PREFIX
              + "="
              + prefix);
    }
    TopicImage topic = image.topic(name);
    if (topic == null) {
      return broker.booleanValue(AUTO_CREATE)
          ? new Destination.Missing(name)
          : new Destination.Nowhere(
              "dead-letter topic is not there, create it with " + GROUP_ENABLE + "=true");
    }
    TopicSettings settings = image.topicSettings(broker, name);
    if (!settings.booleanValue(GROUP_ENABLE)) {
      return new Destination.Nowhere("topic takes no dead letters, set " + GROUP_ENABLE + "=true");
    }
    return new Destination.Ready(
        name,
        topic.id(),
        sourcePartition % topic.partitionCount(),
        Boolean.parseBoolean(ofGroup.getOrDefault(COPY, "false").strip()),
        settings.intValue("max.message.bytes"));
  }
}
