package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps partitions where they are as far as balance allows: afterwards no member has two or more
 * above another that could take one of them. What has to move is left out once, so that its owner
 * gives it up first; the rebalance that follows gives it away (KIP-429).
 */
record StickyAssignor() implements Assignor {
  @Override
  public String name() {
    return "cooperative-sticky";
  }

  @Override
  public boolean isCooperative() {
    return true;
  }

  @Override
  public Map<String, List<TopicPartition>> assign(
      Map<String, Member> members, Map<String, Integer> partitions) {
    Division division = new Division(members, partitions);
    division.keep();
    division.giveOut();
    division.balance();
    return division.withoutMoving();
  }

  /** One division in work. */
  private static final class Division {
    private final Map<String, Member> members;
    private final Map<String, Integer> partitions;
    private final Map<String, Set<String>> topics = new TreeMap<>();
    private final Map<String, Set<TopicPartition>> given = new TreeMap<>();
    private final Map<TopicPartition, String> before = new HashMap<>();
    private final Map<TopicPartition, String> claimed = new HashMap<>();

    Division(Map<String, Member> members, Map<String, Integer> partitions) {
      this.members = new TreeMap<>(members);
      this.partitions = new TreeMap<>(partitions);
      members.forEach((id, member) -> {
        topics.put(id, new HashSet<>(member.topics()));
        given.put(id, new TreeSet<>());
      });
    }

    /** The claim of the latest generation counts; two claims of one generation cancel out. */
    void keep() {
      Map<TopicPartition, Integer> generations = new HashMap<>();
      members.forEach((id, member) -> {
        for (TopicPartition partition : member.owned()) {
          claimed.put(partition, id);
          int known = generations.getOrDefault(partition, Integer.MIN_VALUE);
          if (member.generation() > known) {
            generations.put(partition, member.generation());
            before.put(partition, id);
          } else if (member.generation() == known) {
            before.remove(partition);
          }
        }
      });
      before.forEach((partition, id) -> {
        if (isThere(partition) && mayTake(id, partition)) {
          of(id).add(partition);
        }
      });
    }

    void giveOut() {
      Set<TopicPartition> kept = new HashSet<>();
      given.values().forEach(kept::addAll);
      for (var topic : partitions.entrySet()) {
        for (int index = 0; index < topic.getValue(); index++) {
          TopicPartition partition = new TopicPartition(topic.getKey(), index);
          String taker = kept.contains(partition) ? null : poorest(partition);
          if (taker != null) {
            of(taker).add(partition);
          }
        }
      }
    }

    /** Moves one partition at a time from the richest that has one for a poorer member. */
    void balance() {
      boolean moved = true;
      while (moved) {
        moved = false;
        List<String> richest =
            given.keySet().stream()
                .sorted(Comparator.comparingInt((String id) -> -of(id).size()))
                .toList();
        for (String rich : richest) {
          if (moveOneFrom(rich)) {
            moved = true;
            break;
          }
        }
      }
    }

    private boolean moveOneFrom(String rich) {
      for (TopicPartition partition : List.copyOf(of(rich))) {
        String taker = poorest(partition);
        if (taker != null && of(taker).size() + 1 < of(rich).size()) {
          of(rich).remove(partition);
          of(taker).add(partition);
          return true;
        }
      }
      return false;
    }

    /** What a member has that another still holds is left out for now. */
    Map<String, List<TopicPartition>> withoutMoving() {
      Map<String, List<TopicPartition>> result = new TreeMap<>();
      given.forEach((id, mine) -> {
        List<TopicPartition> now = new ArrayList<>();
        for (TopicPartition partition : mine) {
          String holder = before.getOrDefault(partition, claimed.get(partition));
          if (holder == null || holder.equals(id)) {
            now.add(partition);
          }
        }
        result.put(id, now);
      });
      return result;
    }

    private @Nullable String poorest(TopicPartition partition) {
      String poorest = null;
      for (String id : given.keySet()) {
        boolean isPoorer = poorest == null || of(id).size() < of(poorest).size();
        if (isPoorer && mayTake(id, partition)) {
          poorest = id;
        }
      }
      return poorest;
    }

    private boolean mayTake(String id, TopicPartition partition) {
      return topics.getOrDefault(id, Set.of()).contains(partition.topic());
    }

    private boolean isThere(TopicPartition partition) {
      return partition.partition() < partitions.getOrDefault(partition.topic(), 0);
    }

    private Set<TopicPartition> of(String id) {
      return given.computeIfAbsent(id, any -> new TreeSet<>());
    }
  }
}
