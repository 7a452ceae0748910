package dev.millrace.quorum.control;

import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds partitions to topics, to each for itself.
 *
 * @param validateOnly all checks, no partition
 */
public record CreatePartitions(List<MorePartitions> topics, boolean validateOnly)
    implements Command<Map<String, Outcome<Integer>>> {
  /**
   * A topic that is to grow.
   *
   * @param count how many partitions it shall have then
   * @param assignments broker ids of each new partition; null to let the controller choose
   */
  public record MorePartitions(
      String topic, int count, @Nullable List<List<Integer>> assignments) {}

  /** Replies how many partitions each topic has then. */
  @Override
  public Decision<Map<String, Outcome<Integer>>> decide(Rules rules) {
    Growth growth = new Growth(rules);
    Map<String, Outcome<Integer>> outcomes = new LinkedHashMap<>();
    Set<String> once = new HashSet<>();
    for (MorePartitions more : topics) {
      if (!once.add(more.topic())) {
        outcomes.put(
            more.topic(),
            Outcome.refused(ErrorCode.INVALID_REQUEST, "topic is named twice in the request"));
        growth.recordsByTopic.remove(more.topic());
      } else {
        outcomes.put(more.topic(), Rules.attempt(() -> growth.grow(more)));
      }
    }
    List<Message> records = growth.recordsByTopic.values().stream().flatMap(List::stream).toList();
    return new Decision<>(validateOnly ? List.of() : records, Outcome.done(outcomes));
  }

  /** One decision in the making. */
  private static final class Growth {
    private final Rules rules;
    private final NewPartitions partitions;
    private final Placement placement;
    private final Map<String, List<Message>> recordsByTopic = new LinkedHashMap<>();
    private int partitionsLeft = Rules.PARTITIONS_PER_REQUEST_MAX;

    Growth(Rules rules) {
      this.rules = rules;
      partitions = new NewPartitions(rules.image());
      placement = new Placement(rules.image().brokers().values(), rules.random());
    }

    Integer grow(MorePartitions more) {
      TopicImage topic = rules.image().topic(more.topic());
      if (topic == null) {
        throw new RefusedException(
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic, topic=" + more.topic());
      }
      int added = added(topic, more.count());
      int replicationFactor = replicationFactor(topic);
      List<List<Integer>> assignments = more.assignments();
      List<List<Integer>> replicas =
          assignments == null
              ? placement.place(added, replicationFactor)
              : checked(assignments, topic.partitionCount(), added, replicationFactor);
      List<Message> records = new ArrayList<>(added);
      for (int i = 0; i < added; i++) {
        records.add(partitions.record(topic.id(), topic.partitionCount() + i, replicas.get(i)));
      }
      recordsByTopic.put(topic.name(), records);
      partitionsLeft -= added;
      return more.count();
    }

    private int added(TopicImage topic, int count) {
      int current = topic.partitionCount();
      if (count <= current) {
        throw new RefusedException(ErrorCode.INVALID_PARTITIONS, tooFew(topic, current, count));
      }
      if (count - current > partitionsLeft) {
        throw new RefusedException(
            ErrorCode.POLICY_VIOLATION,
            "too many partitions in one request, max=" + Rules.PARTITIONS_PER_REQUEST_MAX);
      }
      return count - current;
    }

    /** Kafka's own words: programs and tests compare them. */
    private static String tooFew(TopicImage topic, int current, int count) {
      return count == current
          ? "Topic already has " + current + " partition(s)."
          : "The topic "
              + topic.name()
              + " currently has "
              + current
              + " partition(s); "
              + count
              + " would not be an increase.";
    }

    private static int replicationFactor(TopicImage topic) {
      PartitionImage first = Objects.requireNonNull(topic.partition(0), "partition 0");
      return first.replicas().size() - first.reassignment().adding().size();
    }

    private List<List<Integer>> checked(
        List<List<Integer>> assignments, int first, int added, int replicationFactor) {
      if (assignments.size() != added) {
        throw new RefusedException(
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "Attempted to add "
                + added
                + " additional partition(s), but only "
                + assignments.size()
                + " assignment(s) were specified.");
      }
      for (int i = 0; i < added; i++) {
        partitions.checkManual(first + i, assignments.get(i), replicationFactor);
      }
      return assignments;
    }
  }
}
