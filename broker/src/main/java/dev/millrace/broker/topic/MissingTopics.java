package dev.millrace.broker.topic;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.TopicNames;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.wire.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;

/**
 * Creates topics as the broker's defaults have them, because a client asked for them by name.
 * Internal topics are not among them: the coordinators create those as they need them.
 */
public final class MissingTopics implements AutoCreation {
  private static final Logger LOG = System.getLogger("dev.millrace.broker");

  private final Node node;
  private final ActiveController controller;

  public MissingTopics(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  @Override
  public void create(List<String> names) {
    ClusterImage image = node.image();
    List<NewTopic> missing =
        names.stream().filter(name -> mayCreate(name, image)).map(NewTopic::of).toList();
    if (!missing.isEmpty()) {
      controller.submit(new CreateTopics(missing, false), MissingTopics::tell);
    }
  }

  /** The error of a topic that is not there. */
  static ErrorCode error(String name) {
    return TopicNames.problem(name) == null
        ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        : ErrorCode.INVALID_TOPIC_EXCEPTION;
  }

  private static boolean mayCreate(String name, ClusterImage image) {
    return image.topic(name) == null
        && TopicNames.problem(name) == null
        && !TopicNames.isInternal(name);
  }

  private static void tell(Outcome<Map<String, Outcome<CreatedTopic>>> outcome) {
    switch (outcome) {
      case Outcome.Done<Map<String, Outcome<CreatedTopic>>> done ->
          done.value().forEach(MissingTopics::tell);
      case Outcome.Refused<Map<String, Outcome<CreatedTopic>>> refused ->
          LOG.log(Level.WARNING, "topics cannot be created, reason=" + refused.message());
    }
  }

  private static void tell(String name, Outcome<CreatedTopic> outcome) {
    if (outcome instanceof Outcome.Refused<CreatedTopic> refused
        && refused.error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
      LOG.log(
          Level.DEBUG, "topic cannot be created, topic=" + name + " reason=" + refused.message());
    }
  }
}
