package dev.millrace.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Partitions as requests name them: indexes by topic. */
final class ByTopic {
  private ByTopic() {}

  static Map<String, List<Integer>> of(Collection<TopicPartition> partitions) {
    Map<String, List<Integer>> topics = new TreeMap<>();
    for (TopicPartition each : partitions) {
      topics.computeIfAbsent(each.topic(), name -> new ArrayList<>()).add(each.partition());
    }
    return topics;
  }
}
