package dev.millrace.coordinator.consumer;

import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member says it has.
 *
 * @param now what it says with this request; null when that is what it said last
 * @param last what it said last; null when that is not known
 * @param joins whether it takes nothing more before it has the answer
 */
record Claim(@Nullable List<TopicPartitions> now, @Nullable Partitions last, boolean joins) {

  /** Of a member that joins, and so has let go what it does not name. */
  static Claim joining(@Nullable List<TopicPartitions> now) {
    return new Claim(now, null, true);
  }

  /** Whether it names nothing at all. */
  boolean isNothing() {
    return now != null && now.isEmpty();
  }

  /** Whether the member may have one of these partitions. */
  boolean has(Holdings partitions) {
    if (now == null) {
      return last == null
          || last.topics().stream()
              .anyMatch(topic -> meet(partitions.of(topic).keySet(), last.of(topic)));
    }
    return now.stream()
        .anyMatch(topic -> meet(partitions.of(topic.topicId()).keySet(), topic.partitions()));
  }

  private static boolean meet(Set<Integer> some, Iterable<Integer> others) {
    for (Integer other : others) {
      if (some.contains(other)) {
        return true;
      }
    }
    return false;
  }
}
