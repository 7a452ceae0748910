package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Assignor.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Partitions on their way to members, for {@link UniformAssignor}. Members with the same topics
 * stand in one <em>class</em>, sorted by how much they have, so that the member of a topic that has
 * least is found without looking at all of them.
 */
final class UniformSpread {
  /** More passes than any input needed; balance is then as good as it is. */
  private static final int PASSES_MAX = 100;

  private static final Comparator<Load> LEAST_FIRST =
      Comparator.<Load>comparingInt(load -> load.size).thenComparing(load -> load.memberId);

  private final Map<Uuid, Integer> partitionCounts;
  private final Map<String, Load> loads = new LinkedHashMap<>();
  private final Map<Uuid, List<NavigableSet<Load>>> classesOfTopic = new TreeMap<>();
  private final Map<Uuid, @Nullable Load[]> owners = new TreeMap<>();

  /** A member and what it has so far. */
  private static final class Load {
    private final String memberId;
    private final Candidate candidate;
    private final NavigableSet<Load> ownClass;
    private final Map<Uuid, NavigableSet<Integer>> partitions = new TreeMap<>();
    private int size;

    Load(Candidate candidate, NavigableSet<Load> ownClass) {
      this.memberId = candidate.memberId();
      this.candidate = candidate;
      this.ownClass = ownClass;
    }
  }

  UniformSpread(Assignor.Question question) {
    partitionCounts = question.partitionCounts();
    Map<SortedSet<Uuid>, NavigableSet<Load>> classes = new HashMap<>();
    for (Candidate candidate : question.candidates()) {
      NavigableSet<Load> ownClass = classes.get(candidate.topics());
      if (ownClass == null) {
        ownClass = new TreeSet<>(LEAST_FIRST);
        classes.put(candidate.topics(), ownClass);
        for (Uuid topic : candidate.topics()) {
          classesOfTopic.computeIfAbsent(topic, _ -> new ArrayList<>()).add(ownClass);
        }
      }
      Load load = new Load(candidate, ownClass);
      ownClass.add(load);
      loads.put(candidate.memberId(), load);
    }
    for (Uuid topic : classesOfTopic.keySet()) {
      owners.put(topic, new @Nullable Load[partitionCounts.getOrDefault(topic, 0)]);
    }
  }

  /** Lets all members keep what they had, as far as they may still read it. */
  void keepAll() {
    for (Load load : loads.values()) {
      load.candidate.before().forEach((topic, partition) -> keep(load, topic, partition));
    }
  }

  /** Lets members of the same topics keep what they had, up to their fair share. */
  void keepUpToQuota() {
    int total = 0;
    for (@Nullable Load[] partitions : owners.values()) {
      total += partitions.length;
    }
    int quota = loads.isEmpty() ? 0 : total / loads.size();
    int[] oneMore = {loads.isEmpty() ? 0 : total % loads.size()};
    for (Load load : loads.values()) {
      load.candidate
          .before()
          .forEach((topic, partition) -> {
            if (load.size < quota) {
              keep(load, topic, partition);
            } else if (load.size == quota && oneMore[0] > 0 && keep(load, topic, partition)) {
              oneMore[0]--;
            }
          });
    }
  }

  private boolean keep(Load load, Uuid topic, int partition) {
    @Nullable Load[] owner = owners.get(topic);
    boolean may =
        owner != null
            && partition < owner.length
            && owner[partition] == null
            && load.candidate.topics().contains(topic);
    if (may) {
      give(load, topic, partition);
    }
    return may;
  }

  /** Gives what nobody has to whoever has least, topics with few readers first. */
  void giveFreeOnes() {
    List<Uuid> topics = new ArrayList<>(owners.keySet());
    topics.sort(Comparator.comparingInt(this::readers));
    for (Uuid topic : topics) {
      @Nullable Load[] owner = owners.get(topic);
      for (int partition = 0; owner != null && partition < owner.length; partition++) {
        Load least = owner[partition] == null ? least(topic) : null;
        if (least != null) {
          give(least, topic, partition);
        }
      }
    }
  }

  /** Moves partitions from those that have most, as long as that evens things out. */
  void balance() {
    boolean moved = true;
    for (int pass = 0; moved && pass < PASSES_MAX; pass++) {
      List<Load> mostFirst = new ArrayList<>(loads.values());
      mostFirst.sort(LEAST_FIRST.reversed());
      moved = false;
      for (Load load : mostFirst) {
        while (moveOne(load)) {
          moved = true;
        }
      }
    }
  }

  private boolean moveOne(Load from) {
    Load best = null;
    Uuid bestTopic = null;
    for (Uuid topic : from.partitions.keySet()) {
      Load least = least(topic);
      if (least != null && least.size + 1 < from.size && (best == null || least.size < best.size)) {
        best = least;
        bestTopic = topic;
      }
    }
    if (best == null || bestTopic == null) {
      return false;
    }
    int partition = take(from, bestTopic);
    give(best, bestTopic, partition);
    return true;
  }

  Map<String, Partitions> result() {
    Map<String, Partitions> result = new LinkedHashMap<>();
    for (Load load : loads.values()) {
      Partitions.Builder builder = new Partitions.Builder();
      load.partitions.forEach(builder::addAll);
      result.put(load.memberId, builder.build());
    }
    return result;
  }

  private int readers(Uuid topic) {
    int readers = 0;
    for (NavigableSet<Load> each : classesOfTopic.getOrDefault(topic, List.of())) {
      readers += each.size();
    }
    return readers;
  }

  /** The reader of a topic that has least. */
  private @Nullable Load least(Uuid topic) {
    Load least = null;
    for (NavigableSet<Load> each : classesOfTopic.getOrDefault(topic, List.of())) {
      Load first = each.first();
      if (least == null || LEAST_FIRST.compare(first, least) < 0) {
        least = first;
      }
    }
    return least;
  }

  private void give(Load load, Uuid topic, int partition) {
    load.ownClass.remove(load);
    load.size++;
    load.partitions.computeIfAbsent(topic, _ -> new TreeSet<>()).add(partition);
    load.ownClass.add(load);
    @Nullable Load[] owner = owners.get(topic);
    if (owner != null) {
      owner[partition] = load;
    }
  }

  /** Takes the last partition of a topic from a member. */
  private int take(Load load, Uuid topic) {
    NavigableSet<Integer> partitions = load.partitions.get(topic);
    if (partitions == null) {
      throw new IllegalStateException("member has nothing of the topic, member=" + load.memberId);
    }
    int partition = partitions.last();
    load.ownClass.remove(load);
    load.size--;
    partitions.remove(partition);
    if (partitions.isEmpty()) {
      load.partitions.remove(topic);
    }
    load.ownClass.add(load);
    return partition;
  }
}
