package dev.millrace.replica;

import java.util.List;

/**
 * The copies of a topic that are throttled, as its settings say: {@code *} for all, or {@code
 * partition:broker} for each. Immutable.
 */
public record ThrottledReplicas(List<String> named) {
  static final ThrottledReplicas NONE = new ThrottledReplicas(List.of());

  static ThrottledReplicas of(List<String> value) {
    return value.isEmpty() ? NONE : new ThrottledReplicas(List.copyOf(value));
  }

  /** Whether the copy of a partition on a broker is one of them. */
  public boolean has(int partition, int broker) {
    return !named.isEmpty() && (named.contains("*") || named.contains(partition + ":" + broker));
  }
}
