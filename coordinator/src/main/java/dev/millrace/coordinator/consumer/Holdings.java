package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Partitions that a member has, each with the member's epoch when it got it. A commit for a
 * partition counts when it comes from that epoch or a later one. Immutable.
 */
public final class Holdings {
  public static final Holdings NONE = new Holdings(new TreeMap<>());

  private final NavigableMap<Uuid, NavigableMap<Integer, Integer>> byTopic;

  private Holdings(NavigableMap<Uuid, NavigableMap<Integer, Integer>> byTopic) {
    this.byTopic = byTopic;
  }

  /** What is called for each partition. */
  @FunctionalInterface
  public interface Visitor {
    void visit(Uuid topicId, int partition, int epoch);
  }

  /** All of {@code partitions}, got at {@code epoch}. */
  public static Holdings of(Partitions partitions, int epoch) {
    Builder builder = new Builder();
    partitions.forEach((topic, partition) -> builder.add(topic, partition, epoch));
    return builder.build();
  }

  public boolean contains(Uuid topicId, int partition) {
    return epoch(topicId, partition) != null;
  }

  /** The epoch at which a partition was got, or null without it. */
  public @Nullable Integer epoch(Uuid topicId, int partition) {
    return of(topicId).get(partition);
  }

  /** The partitions of one topic with their epochs, ascending. */
  public Map<Integer, Integer> of(Uuid topicId) {
    return byTopic.getOrDefault(topicId, Collections.emptyNavigableMap());
  }

  /** The topics of which there are partitions, sorted. */
  public Set<Uuid> topics() {
    return Collections.unmodifiableSet(byTopic.keySet());
  }

  public boolean isEmpty() {
    return byTopic.isEmpty();
  }

  /** Calls {@code visitor} for each partition, in order. */
  public void forEach(Visitor visitor) {
    byTopic.forEach((topic, partitions) ->
        partitions.forEach((partition, epoch) -> visitor.visit(topic, partition, epoch)));
  }

  /** Which partitions there are, whatever their epochs. */
  public Partitions partitions() {
    Partitions.Builder builder = new Partitions.Builder();
    byTopic.forEach((topic, partitions) -> builder.addAll(topic, partitions.keySet()));
    return builder.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Holdings that && byTopic.equals(that.byTopic);
  }

  @Override
  public int hashCode() {
    return byTopic.hashCode();
  }

  @Override
  public String toString() {
    return byTopic.toString();
  }

  /** Collects partitions with their epochs. */
  public static final class Builder {
    private final NavigableMap<Uuid, NavigableMap<Integer, Integer>> byTopic = new TreeMap<>();

    public Builder add(Uuid topicId, int partition, int epoch) {
      byTopic.computeIfAbsent(topicId, _ -> new TreeMap<>()).put(partition, epoch);
      return this;
    }

    /** Hands over what was collected; the builder is not used afterwards. */
    public Holdings build() {
      return byTopic.isEmpty() ? NONE : new Holdings(byTopic);
    }
  }
}
