package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives each member a run of neighbouring partitions of every topic; the first members get one more
 * where they do not divide. Members stand in the order of their instance ids, then member ids, so
 * that topics with the same keys and numbers of partitions go to the same members.
 */
record RangeAssignor() implements Assignor {
  @Override
  public String name() {
    return "range";
  }

  @Override
  public boolean isCooperative() {
    return false;
  }

  @Override
  public Map<String, List<TopicPartition>> assign(
      Map<String, Member> members, Map<String, Integer> partitions) {
    Map<String, List<TopicPartition>> assigned = new TreeMap<>();
    members.keySet().forEach(id -> assigned.put(id, new ArrayList<>()));
    Comparator<String> order =
        Comparator.comparing((String id) -> instance(members.get(id)) == null)
            .thenComparing(id -> {
              String instance = instance(members.get(id));
              return instance == null ? id : instance;
            });
    for (var topic : new TreeMap<>(partitions).entrySet()) {
      List<String> takers =
          members.keySet().stream()
              .filter(id -> subscribes(members.get(id), topic.getKey()))
              .sorted(order)
              .toList();
      int next = 0;
      for (int i = 0; i < takers.size(); i++) {
        int more =
            topic.getValue() / takers.size() + (i < topic.getValue() % takers.size() ? 1 : 0);
        List<TopicPartition> mine =
            assigned.computeIfAbsent(takers.get(i), id -> new ArrayList<>());
        for (int end = next + more; next < end; next++) {
          mine.add(new TopicPartition(topic.getKey(), next));
        }
      }
    }
    return assigned;
  }

  private static @Nullable String instance(@Nullable Member member) {
    return member == null ? null : member.instanceId();
  }

  private static boolean subscribes(@Nullable Member member, String topic) {
    return member != null && member.topics().contains(topic);
  }
}
