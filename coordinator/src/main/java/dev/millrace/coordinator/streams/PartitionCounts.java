package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.Subtopology;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many partitions each internal topic of a topology must have. A repartition topic has as many
 * as the application says, else as many as the widest input of the subtopologies that write it;
 * topics that are joined have equally many; the changelogs of a subtopology have as many as its
 * widest input.
 */
final class PartitionCounts {
  private static final int UNKNOWN = 0;

  private final List<Subtopology> subtopologies;
  private final ToIntFunction<String> sources;
  private final SortedMap<String, Integer> internal = new TreeMap<>();
  private final Set<String> fixed = new HashSet<>();

  /** Topics that can't be used together. The message says which. */
  static final class MismatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MismatchException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * @param sources the partitions of topics of users, which are all there
   */
  private PartitionCounts(List<Subtopology> subtopologies, ToIntFunction<String> sources) {
    this.subtopologies = subtopologies;
    this.sources = sources;
  }

  /**
   * Decides the number for every internal topic.
   *
   * @throws MismatchException when topics that are joined have different numbers
   */
  static SortedMap<String, Integer> decide(
      StreamsGroupTopologyValue topology, ToIntFunction<String> sources) {
    PartitionCounts counts = new PartitionCounts(topology.subtopologies(), sources);
    String open = counts.repartition();
    if (open != null) {
      throw new MismatchException("number of partitions can't be found, topic=" + open);
    }
    for (Subtopology each : topology.subtopologies()) {
      for (SortedSet<String> group : Topology.copartitioned(each)) {
        counts.even(group);
      }
    }
    counts.changelogs();
    return counts.internal;
  }

  /** Why the number of some repartition topic would never be known, or null. */
  static @Nullable Refusal unresolvable(StreamsGroupTopologyValue topology) {
    Set<String> sinks = new HashSet<>();
    topology.subtopologies().forEach(each -> sinks.addAll(each.repartitionSinkTopics()));
    for (Subtopology each : topology.subtopologies()) {
      for (TopicInfo topic : each.repartitionSourceTopics()) {
        if (topic.partitions() == UNKNOWN && !sinks.contains(topic.name())) {
          return TopologyCheck.invalid(
              "Failed to compute number of partitions for all repartition topics, because a"
                  + " repartition source topic is never used as a sink topic.");
        }
      }
    }
    return new PartitionCounts(topology.subtopologies(), _ -> 1).repartition() == null
        ? null
        : TopologyCheck.invalid(
            "Failed to compute number of partitions for all repartition topics. There may be"
                + " loops in the topology that cannot be resolved.");
  }

  /** Returns a topic whose number stays unknown, or null. */
  private @Nullable String repartition() {
    for (Subtopology each : subtopologies) {
      for (TopicInfo topic : each.repartitionSourceTopics()) {
        if (topic.partitions() != UNKNOWN) {
          fixed.add(topic.name());
        }
        internal.merge(topic.name(), topic.partitions(), Math::max);
      }
    }
    boolean progress = true;
    while (progress) {
      progress = false;
      for (Map.Entry<String, Integer> topic : internal.entrySet()) {
        if (topic.getValue() == UNKNOWN) {
          topic.setValue(widestOfWriters(topic.getKey()));
          progress |= topic.getValue() != UNKNOWN;
        }
      }
    }
    return internal.entrySet().stream()
        .filter(topic -> topic.getValue() == UNKNOWN)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** The widest known input of the subtopologies that write a topic. */
  private int widestOfWriters(String topic) {
    int widest = UNKNOWN;
    for (Subtopology writer : subtopologies) {
      if (writer.repartitionSinkTopics().contains(topic)) {
        widest = Math.max(widest, widestInput(writer));
      }
    }
    return widest;
  }

  private int widestInput(Subtopology subtopology) {
    int widest = UNKNOWN;
    for (String topic : subtopology.sourceTopics()) {
      widest = Math.max(widest, sources.applyAsInt(topic));
    }
    for (TopicInfo topic : subtopology.repartitionSourceTopics()) {
      widest = Math.max(widest, internal.getOrDefault(topic.name(), UNKNOWN));
    }
    return widest;
  }

  /** Lets topics that are joined have equally many partitions. */
  private void even(SortedSet<String> group) {
    SortedMap<String, Integer> given = new TreeMap<>();
    SortedMap<String, Integer> chosen = new TreeMap<>();
    int widest = UNKNOWN;
    for (String topic : group) {
      Integer count = internal.get(topic);
      if (count == null) {
        given.put(topic, sources.applyAsInt(topic));
      } else if (fixed.contains(topic)) {
        chosen.put(topic, count);
      } else {
        widest = Math.max(widest, count);
      }
    }
    int count = same(given.isEmpty() ? chosen : given, widest);
    chosen.forEach((topic, own) -> {
      if (own != count) {
        throw new MismatchException(
            "Number of partitions ["
                + own
                + "] of repartition topic ["
                + topic
                + "] doesn't match number of partitions ["
                + count
                + "] of the source topic.");
      }
    });
    for (String topic : group) {
      internal.computeIfPresent(topic, (_, _) -> count);
    }
  }

  private static int same(SortedMap<String, Integer> counts, int otherwise) {
    if (counts.isEmpty()) {
      return otherwise;
    }
    int first = counts.firstEntry().getValue();
    if (counts.values().stream().anyMatch(count -> count != first)) {
      throw new MismatchException(
          "Following topics do not have the same number of partitions: [" + counts + "]");
    }
    return first;
  }

  private void changelogs() {
    for (Subtopology each : subtopologies) {
      int widest = widestInput(each);
      for (TopicInfo topic : each.stateChangelogTopics()) {
        boolean isInput = each.sourceTopics().contains(topic.name());
        if (!isInput) {
          internal.put(topic.name(), widest);
        }
      }
    }
  }
}
