package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** A set of partitions, by topic and index. Immutable. */
public final class Partitions {
  public static final Partitions NONE = new Partitions(new TreeMap<>());

  private final NavigableMap<Uuid, NavigableSet<Integer>> byTopic;

  private Partitions(NavigableMap<Uuid, NavigableSet<Integer>> byTopic) {
    this.byTopic = byTopic;
  }

  public boolean contains(Uuid topicId, int partition) {
    return of(topicId).contains(partition);
  }

  /** The partitions of one topic, ascending. */
  public Set<Integer> of(Uuid topicId) {
    return byTopic.getOrDefault(topicId, Collections.emptyNavigableSet());
  }

  /** The topics of which there are partitions, sorted. */
  public Set<Uuid> topics() {
    return Collections.unmodifiableSet(byTopic.keySet());
  }

  public int size() {
    int size = 0;
    for (Set<Integer> partitions : byTopic.values()) {
      size += partitions.size();
    }
    return size;
  }

  public boolean isEmpty() {
    return byTopic.isEmpty();
  }

  /** Calls {@code visitor} for each partition, in order. */
  public void forEach(BiConsumer<Uuid, Integer> visitor) {
    byTopic.forEach((topic, partitions) -> partitions.forEach(each -> visitor.accept(topic, each)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Partitions that && byTopic.equals(that.byTopic);
  }

  @Override
  public int hashCode() {
    return byTopic.hashCode();
  }

  @Override
  public String toString() {
    return byTopic.toString();
  }

  /** Collects partitions. */
  public static final class Builder {
    private final NavigableMap<Uuid, NavigableSet<Integer>> byTopic = new TreeMap<>();

    public Builder add(Uuid topicId, int partition) {
      byTopic.computeIfAbsent(topicId, _ -> new TreeSet<>()).add(partition);
      return this;
    }

    public Builder addAll(Uuid topicId, Collection<Integer> partitions) {
      if (!partitions.isEmpty()) {
        byTopic.computeIfAbsent(topicId, _ -> new TreeSet<>()).addAll(partitions);
      }
      return this;
    }

    /** The first {@code count} partitions of a topic. */
    public Builder addRange(Uuid topicId, int from, int count) {
      for (int partition = from; partition < from + count; partition++) {
        add(topicId, partition);
      }
      return this;
    }

    /** Hands over what was collected; the builder is not used afterwards. */
    public Partitions build() {
      return byTopic.isEmpty() ? NONE : new Partitions(byTopic);
    }
  }

  /** Ascending indexes as a list. */
  static List<Integer> list(Collection<Integer> partitions) {
    return List.copyOf(partitions);
  }
}
