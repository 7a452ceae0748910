package dev.millrace.coordinator.streams;

import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A set of tasks. Immutable. */
public final class Tasks {
  public static final Tasks NONE = new Tasks(new TreeMap<>());

  private final NavigableMap<String, NavigableSet<Integer>> bySubtopology;

  private Tasks(NavigableMap<String, NavigableSet<Integer>> bySubtopology) {
    this.bySubtopology = bySubtopology;
  }

  public boolean contains(Task task) {
    return of(task.subtopology()).contains(task.partition());
  }

  /** The partitions of one subtopology, ascending. */
  public Set<Integer> of(String subtopology) {
    return bySubtopology.getOrDefault(subtopology, Collections.emptyNavigableSet());
  }

  /** The subtopologies of which there are tasks, sorted. */
  public Set<String> subtopologies() {
    return Collections.unmodifiableSet(bySubtopology.keySet());
  }

  public int size() {
    int size = 0;
    for (Set<Integer> partitions : bySubtopology.values()) {
      size += partitions.size();
    }
    return size;
  }

  public boolean isEmpty() {
    return bySubtopology.isEmpty();
  }

  /** Whether one of {@code others} is among these. */
  public boolean containsAny(Tasks others) {
    for (String subtopology : others.subtopologies()) {
      if (!Collections.disjoint(of(subtopology), others.of(subtopology))) {
        return true;
      }
    }
    return false;
  }

  /** Whether all of {@code others} are among these. */
  public boolean containsAll(Tasks others) {
    for (String subtopology : others.subtopologies()) {
      if (!of(subtopology).containsAll(others.of(subtopology))) {
        return false;
      }
    }
    return true;
  }

  /** Calls {@code visitor} for each task, in order. */
  public void forEach(Consumer<Task> visitor) {
    bySubtopology.forEach((subtopology, partitions) ->
        partitions.forEach(each -> visitor.accept(new Task(subtopology, each))));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tasks that && bySubtopology.equals(that.bySubtopology);
  }

  @Override
  public int hashCode() {
    return bySubtopology.hashCode();
  }

  @Override
  public String toString() {
    return bySubtopology.toString();
  }

  /** Collects tasks. */
  public static final class Builder {
    private final NavigableMap<String, NavigableSet<Integer>> bySubtopology = new TreeMap<>();

    public Builder add(Task task) {
      bySubtopology.computeIfAbsent(task.subtopology(), _ -> new TreeSet<>()).add(task.partition());
      return this;
    }

    public Builder addAll(String subtopology, Collection<Integer> partitions) {
      if (!partitions.isEmpty()) {
        bySubtopology.computeIfAbsent(subtopology, _ -> new TreeSet<>()).addAll(partitions);
      }
      return this;
    }

    /** Hands over what was collected; the builder is not used afterwards. */
    public Tasks build() {
      return bySubtopology.isEmpty() ? NONE : new Tasks(bySubtopology);
    }
  }
}
