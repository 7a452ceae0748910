package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.consumer.TopicsHash;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.Subtopology;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicConfig;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a topology means with the topics that there are. Not kept anywhere: it follows from both.
 *
 * @param hash another one when the topics are others, see {@link #hash}
 * @param taskCounts how many tasks each subtopology has; empty when that is not known
 * @param inputs how many partitions each topic has that a subtopology reads
 * @param internal all internal topics with the partitions that they must have
 * @param missing those of them that are not there
 * @param obstacle why nobody can work yet; null when everything is there
 */
public record Layout(
    long hash,
    SortedMap<String, Integer> taskCounts,
    Map<String, Integer> inputs,
    SortedMap<String, InternalTopic> internal,
    SortedMap<String, InternalTopic> missing,
    @Nullable Obstacle obstacle) {
  private static final int NAMES_SHOWN = 5;

  /**
   * Why nobody can work yet.
   *
   * @param detail for people
   */
  public record Obstacle(GroupStatus status, String detail) {}

  /** Whether tasks can be given out. */
  public boolean isReady() {
    return obstacle == null;
  }

  /** Whether a task exists. */
  boolean has(Task task) {
    return task.partition() >= 0
        && task.partition() < taskCounts.getOrDefault(task.subtopology(), 0);
  }

  /** A number that is another one when the required topics are others, or their partitions. */
  public static long hash(Topology topology, TopicCatalog catalog) {
    TopicsHash hash = new TopicsHash();
    for (String name : topology.requiredTopics()) {
      TopicCatalog.Topic topic = catalog.find(name);
      if (topic != null) {
        hash.add(topic.id()).add(topic.partitions());
      }
    }
    return hash.value();
  }

  /** What {@code topology} means with the topics of {@code catalog}. */
  public static Layout of(Topology topology, TopicCatalog catalog) {
    long hash = hash(topology, catalog);
    SortedSet<String> absent = new TreeSet<>();
    Set<String> repartition = new HashSet<>();
    for (Subtopology each : topology.subtopologies().values()) {
      each.repartitionSourceTopics().forEach(topic -> repartition.add(topic.name()));
    }
    for (Subtopology each : topology.subtopologies().values()) {
      for (String source : each.sourceTopics()) {
        if (catalog.find(source) == null && !repartition.contains(source)) {
          absent.add(source);
        }
      }
    }
    if (!absent.isEmpty()) {
      return unusable(
          hash,
          GroupStatus.MISSING_SOURCE_TOPICS,
          "Source topics " + some(absent) + " are missing.");
    }
    try {
      return new Finding(topology, catalog).layout(hash);
    } catch (PartitionCounts.MismatchException mismatch) {
      return unusable(
          hash, GroupStatus.INCORRECTLY_PARTITIONED_TOPICS, String.valueOf(mismatch.getMessage()));
    }
  }

  private static Layout unusable(long hash, GroupStatus status, String detail) {
    return new Layout(
        hash,
        Collections.emptySortedMap(),
        Map.of(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        new Obstacle(status, detail));
  }

  private static String some(Collection<String> names) {
    List<String> shown = names.stream().limit(NAMES_SHOWN).toList();
    int more = names.size() - shown.size();
    return String.join(", ", shown) + (more == 0 ? "" : " and " + more + " additional topics");
  }

  /** A layout in the making; all topics of users are there. */
  private static final class Finding {
    private final Topology topology;
    private final TopicCatalog catalog;
    private final SortedMap<String, Integer> counts;

    Finding(Topology topology, TopicCatalog catalog) {
      this.topology = topology;
      this.catalog = catalog;
      this.counts = PartitionCounts.decide(topology.value(), this::existing);
    }

    private int existing(String name) {
      TopicCatalog.Topic topic = catalog.find(name);
      return topic == null ? 0 : topic.partitions();
    }

    private int partitions(String name) {
      Integer decided = counts.get(name);
      return decided == null ? existing(name) : decided;
    }

    Layout layout(long hash) {
      SortedMap<String, Integer> taskCounts = new TreeMap<>();
      Map<String, Integer> inputs = new HashMap<>();
      SortedMap<String, InternalTopic> internal = new TreeMap<>();
      for (Subtopology each : topology.subtopologies().values()) {
        int tasks = 0;
        for (String input : Topology.inputs(each)) {
          inputs.put(input, partitions(input));
          tasks = Math.max(tasks, partitions(input));
        }
        taskCounts.put(each.subtopologyId(), tasks);
        List<TopicInfo> own = new ArrayList<>(each.repartitionSourceTopics());
        own.addAll(each.stateChangelogTopics());
        for (TopicInfo topic : own) {
          if (counts.containsKey(topic.name())) {
            internal.put(topic.name(), internal(topic));
          }
        }
      }
      SortedMap<String, InternalTopic> missing = missing(internal);
      Obstacle obstacle =
          missing.isEmpty()
              ? null
              : new Obstacle(
                  GroupStatus.MISSING_INTERNAL_TOPICS,
                  "Internal topics are missing: " + some(missing.keySet()));
      return new Layout(hash, taskCounts, inputs, internal, missing, obstacle);
    }

    private InternalTopic internal(TopicInfo topic) {
      Map<String, String> configs = new TreeMap<>();
      for (TopicConfig config : topic.topicConfigs()) {
        configs.put(config.key(), config.value());
      }
      int copies = topic.replicationFactor();
      return new InternalTopic(
          topic.name(),
          partitions(topic.name()),
          copies == 0 ? InternalTopic.DEFAULT : copies,
          configs);
    }

    private SortedMap<String, InternalTopic> missing(SortedMap<String, InternalTopic> internal) {
      SortedMap<String, InternalTopic> missing = new TreeMap<>();
      internal.forEach((name, topic) -> {
        TopicCatalog.Topic there = catalog.find(name);
        if (there == null) {
          missing.put(name, topic);
        } else if (there.partitions() != topic.partitions()) {
          throw new PartitionCounts.MismatchException(
              "Existing topic "
                  + name
                  + " has different number of partitions: expected "
                  + topic.partitions()
                  + ", found "
                  + there.partitions());
        }
      });
      return missing;
    }
  }
}
