package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Says who is to have which partitions. Deterministic, and the same for members in any order. */
public interface Assignor {
  /** How members ask for it. */
  String name();

  /**
   * Assigns every partition of every topic that somebody subscribes to.
   *
   * @return the partitions of each candidate, by member id
   */
  Map<String, Partitions> assign(Question question);

  /** The assignors that this release has, by name. */
  static List<Assignor> all() {
    return List.of(new UniformAssignor(), new RangeAssignor());
  }

  /**
   * What is to be assigned.
   *
   * @param candidates sorted by their ids
   * @param partitionCounts of all topics that candidates subscribe to
   */
  record Question(List<Candidate> candidates, Map<Uuid, Integer> partitionCounts) {}

  /**
   * A member.
   *
   * @param topics what it subscribes to
   * @param before what it was to have until now
   */
  record Candidate(
      String memberId, @Nullable String instanceId, SortedSet<Uuid> topics, Partitions before) {}
}
