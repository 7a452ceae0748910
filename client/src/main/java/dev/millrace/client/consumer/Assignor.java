package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Divides partitions among the members of a classic group; the group's leader runs it. Pure. */
sealed interface Assignor permits RangeAssignor, StickyAssignor {
  /**
   * A member as it joined.
   *
   * @param owned partitions that it had when it joined
   * @param generation in which it had them, -1 when it did not say
   */
  record Member(
      @Nullable String instanceId,
      List<String> topics,
      List<TopicPartition> owned,
      int generation) {}

  /** The name on the wire. */
  String name();

  /** Whether members keep what they have while they join, and give up what moves (KIP-429). */
  boolean isCooperative();

  /**
   * Divides.
   *
   * @param members by member id
   * @param partitions number of partitions of each topic that exists
   * @return by member id, for every member
   */
  Map<String, List<TopicPartition>> assign(
      Map<String, Member> members, Map<String, Integer> partitions);

  /** The assignor of a name. */
  static Assignor named(String name) {
    return "range".equals(name) ? new RangeAssignor() : new StickyAssignor();
  }
}
