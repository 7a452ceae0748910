package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.record.StreamsGroupTopologyValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.CopartitionGroup;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.Subtopology;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicConfig;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicInfo;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import java.util.ArrayList;
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
 * What a streams application consists of, as its members tell it: record kind 23. Immutable. Two
 * topologies are equal when they mean the same, in whatever order they say it.
 */
public final class Topology {
  private final StreamsGroupTopologyValue value;
  private final SortedMap<String, Subtopology> subtopologies = new TreeMap<>();
  private final Map<String, String> readers = new HashMap<>();
  private final SortedSet<String> required = new TreeSet<>();

  public Topology(StreamsGroupTopologyValue value) {
    this.value = value;
    for (Subtopology each : value.subtopologies()) {
      subtopologies.put(each.subtopologyId(), each);
      inputs(each).forEach(topic -> readers.put(topic, each.subtopologyId()));
      each.stateChangelogTopics().forEach(topic -> required.add(topic.name()));
    }
    required.addAll(readers.keySet());
  }

  /** What a member says, in the words of the record. */
  static StreamsGroupTopologyValue said(StreamsGroupHeartbeatRequest.Topology said) {
    List<Subtopology> subtopologies = new ArrayList<>(said.subtopologies().size());
    for (StreamsGroupHeartbeatRequest.Subtopology each : said.subtopologies()) {
      subtopologies.add(
          Subtopology.builder()
              .subtopologyId(each.subtopologyId())
              .sourceTopics(each.sourceTopics())
              .sourceTopicRegex(each.sourceTopicRegex())
              .stateChangelogTopics(said(each.stateChangelogTopics()))
              .repartitionSinkTopics(each.repartitionSinkTopics())
              .repartitionSourceTopics(said(each.repartitionSourceTopics()))
              .copartitionGroups(
                  each.copartitionGroups().stream()
                      .map(group ->
                          new CopartitionGroup(
                              group.sourceTopics(),
                              group.sourceTopicRegex(),
                              group.repartitionSourceTopics()))
                      .toList())
              .build());
    }
    return StreamsGroupTopologyValue.builder()
        .epoch(said.epoch())
        .subtopologies(subtopologies)
        .build();
  }

  private static List<TopicInfo> said(List<StreamsGroupHeartbeatRequest.TopicInfo> topics) {
    return topics.stream()
        .map(topic ->
            new TopicInfo(
                topic.name(),
                topic.partitions(),
                topic.replicationFactor(),
                topic.topicConfigs().stream()
                    .map(config -> new TopicConfig(config.key(), config.value()))
                    .toList()))
        .toList();
  }

  /** The record. */
  public StreamsGroupTopologyValue value() {
    return value;
  }

  public int epoch() {
    return value.epoch();
  }

  /** By their ids. */
  public SortedMap<String, Subtopology> subtopologies() {
    return Collections.unmodifiableSortedMap(subtopologies);
  }

  /** The subtopology that reads a topic, or null. */
  public @Nullable String readerOf(String topic) {
    return readers.get(topic);
  }

  /** Whether tasks of a subtopology have state: only those have copies. */
  public boolean isStateful(String subtopology) {
    Subtopology there = subtopologies.get(subtopology);
    return there != null && !there.stateChangelogTopics().isEmpty();
  }

  /** All topics that must be there before anybody can work. */
  SortedSet<String> requiredTopics() {
    return Collections.unmodifiableSortedSet(required);
  }

  /** The topics that a subtopology reads: those of users, and repartition topics. */
  static SortedSet<String> inputs(Subtopology subtopology) {
    SortedSet<String> topics = new TreeSet<>(subtopology.sourceTopics());
    subtopology.repartitionSourceTopics().forEach(topic -> topics.add(topic.name()));
    return topics;
  }

  /** The topics of a subtopology that must have equally many partitions, group by group. */
  static List<SortedSet<String>> copartitioned(Subtopology subtopology) {
    List<SortedSet<String>> groups = new ArrayList<>();
    for (CopartitionGroup group : subtopology.copartitionGroups()) {
      SortedSet<String> topics = new TreeSet<>();
      group.sourceTopics().forEach(index -> topics.add(subtopology.sourceTopics().get(index)));
      group
          .repartitionSourceTopics()
          .forEach(index -> topics.add(subtopology.repartitionSourceTopics().get(index).name()));
      groups.add(topics);
    }
    return groups;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Topology that
        && epoch() == that.epoch()
        && meaning().equals(that.meaning());
  }

  @Override
  public int hashCode() {
    return meaning().hashCode();
  }

  @Override
  public String toString() {
    return value.toString();
  }

  private record TopicMeaning(
      int partitions, short replicationFactor, Map<String, String> configs) {}

  private record Meaning(
      Set<String> sources,
      Set<String> expressions,
      Map<String, TopicMeaning> changelogs,
      Set<String> sinks,
      Map<String, TopicMeaning> repartitions,
      Set<Set<String>> copartitioned) {}

  private Map<String, Meaning> meaning() {
    Map<String, Meaning> meaning = new HashMap<>();
    subtopologies.forEach((id, each) ->
        meaning.put(
            id,
            new Meaning(
                Set.copyOf(each.sourceTopics()),
                Set.copyOf(each.sourceTopicRegex()),
                meaning(each.stateChangelogTopics()),
                Set.copyOf(each.repartitionSinkTopics()),
                meaning(each.repartitionSourceTopics()),
                new HashSet<>(copartitioned(each)))));
    return meaning;
  }

  private static Map<String, TopicMeaning> meaning(List<TopicInfo> topics) {
    Map<String, TopicMeaning> meaning = new HashMap<>();
    for (TopicInfo topic : topics) {
      Map<String, String> configs = new HashMap<>();
      topic.topicConfigs().forEach(config -> configs.put(config.key(), config.value()));
      meaning.put(
          topic.name(), new TopicMeaning(topic.partitions(), topic.replicationFactor(), configs));
    }
    return meaning;
  }
}
