package dev.millrace.broker.group;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.streams.InternalTopic;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates the topics that streams applications need for themselves. One request for a topic is
 * under way at a time; that it failed is remembered until it is there. Safe for any thread.
 */
final class InternalTopics {
  /** Failures that are remembered, of all applications together. */
  private static final int FAULTS_MAX = 1_000;

  private final Node node;
  private final ActiveController controller;
  private final Set<String> underWay = new LinkedHashSet<>();
  private final Map<String, String> faults = new LinkedHashMap<>();

  InternalTopics(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  /**
   * Begins to create topics, but for those that are being created.
   *
   * @return why some of them could not be created when it was tried last, or null
   */
  @Nullable String create(Collection<InternalTopic> missing) {
    List<NewTopic> wanted = new ArrayList<>();
    List<String> told = new ArrayList<>();
    synchronized (this) {
      faults.keySet().removeIf(topic -> node.image().topic(topic) != null);
      for (InternalTopic topic : missing) {
        String fault = faults.get(topic.name());
        if (fault != null) {
          told.add(topic.name() + ": " + fault);
        }
        if (node.image().topic(topic.name()) == null && underWay.add(topic.name())) {
          wanted.add(newTopic(topic));
        }
      }
    }
    if (!wanted.isEmpty()) {
      controller.submit(new CreateTopics(wanted, false), outcome -> created(wanted, outcome));
    }
    return told.isEmpty() ? null : String.join("; ", told);
  }

  private static NewTopic newTopic(InternalTopic topic) {
    return new NewTopic(
        topic.name(),
        topic.partitions(),
        topic.replicationFactor() == InternalTopic.DEFAULT
            ? CreateTopics.DEFAULT
            : topic.replicationFactor(),
        Map.of(),
        new LinkedHashMap<>(topic.configs()));
  }

  private synchronized void created(
      List<NewTopic> wanted, Outcome<Map<String, Outcome<CreatedTopic>>> outcome) {
    for (NewTopic topic : wanted) {
      underWay.remove(topic.name());
      String fault = fault(topic.name(), outcome);
      if (fault == null) {
        faults.remove(topic.name());
      } else if (faults.size() < FAULTS_MAX) {
        faults.put(topic.name(), fault);
      }
    }
  }

  private static @Nullable String fault(
      String topic, Outcome<Map<String, Outcome<CreatedTopic>>> outcome) {
    return switch (outcome) {
      case Outcome.Refused<?> all -> all.message();
      case Outcome.Done<Map<String, Outcome<CreatedTopic>>> done ->
          done.value().get(topic) instanceof Outcome.Refused<CreatedTopic> refused
                  && refused.error() != ErrorCode.TOPIC_ALREADY_EXISTS
              ? refused.message()
              : null;
    };
  }
}
