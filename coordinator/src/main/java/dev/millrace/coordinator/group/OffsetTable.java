package dev.millrace.coordinator.group;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Offsets by group, topic and partition. */
final class OffsetTable {
  private final Map<String, Map<String, Map<Integer, CommittedOffset>>> groups = new HashMap<>();

  /** What is called for each offset of a group. */
  @FunctionalInterface
  interface Visitor {
    void visit(String topic, int partition, CommittedOffset offset);
  }

  void put(String group, String topic, int partition, CommittedOffset offset) {
    groups
        .computeIfAbsent(group, _ -> new TreeMap<>())
        .computeIfAbsent(topic, _ -> new TreeMap<>())
        .put(partition, offset);
  }

  void remove(String group, String topic, int partition) {
    Map<String, Map<Integer, CommittedOffset>> topics = groups.get(group);
    Map<Integer, CommittedOffset> partitions = topics == null ? null : topics.get(topic);
    if (topics == null || partitions == null) {
      return;
    }
    partitions.remove(partition);
    if (partitions.isEmpty()) {
      topics.remove(topic);
    }
    if (topics.isEmpty()) {
      groups.remove(group);
    }
  }

  @Nullable CommittedOffset find(String group, String topic, int partition) {
    return partitions(group, topic).get(partition);
  }

  /** The partitions of a topic with their offsets, ascending. */
  Map<Integer, CommittedOffset> partitions(String group, String topic) {
    return topics(group).getOrDefault(topic, Map.of());
  }

  /** The topics of a group with the offsets of their partitions, sorted. */
  Map<String, Map<Integer, CommittedOffset>> topics(String group) {
    return groups.getOrDefault(group, Map.of());
  }

  boolean has(String group) {
    return groups.containsKey(group);
  }

  Set<String> groups() {
    return groups.keySet();
  }

  void forEach(String group, Visitor visitor) {
    topics(group)
        .forEach((topic, partitions) ->
            partitions.forEach((partition, offset) -> visitor.visit(topic, partition, offset)));
  }
}
