package dev.millrace.quorum.control;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Chooses brokers for new partitions. Brokers stand in a row in which racks take turns; each
 * partition starts one place further, so that leaderships spread evenly; replicas of a partition go
 * to different racks while there are any left. Fenced brokers come last, and never first in a list.
 */
final class Placement {
  private final List<BrokerImage> active;
  private final List<BrokerImage> fenced;
  private int next;
  private int round;

  Placement(Collection<BrokerImage> brokers, RandomGenerator random) {
    List<BrokerImage> usable = brokers.stream().filter(BrokerImage::takesReplicas).toList();
    active = inTurns(usable.stream().filter(BrokerImage::isActive).toList(), random);
    fenced = inTurns(usable.stream().filter(broker -> !broker.isActive()).toList(), random);
    next = active.isEmpty() ? 0 : random.nextInt(active.size());
  }

  /** Replicas for {@code partitions} new partitions, the preferred leader of each first. */
  List<List<Integer>> place(int partitions, int replicationFactor) {
    check(replicationFactor);
    List<List<Integer>> result = new ArrayList<>(partitions);
    for (int i = 0; i < partitions; i++) {
      result.add(placeOne(replicationFactor));
    }
    return result;
  }

  private void check(int replicationFactor) {
    int all = active.size() + fenced.size();
    if (replicationFactor > all) {
      throw new RefusedException(
          ErrorCode.INVALID_REPLICATION_FACTOR,
          "replication factor is above the number of brokers, replicationFactor="
              + replicationFactor
              + " brokers="
              + all);
    }
    if (active.isEmpty()) {
      throw new RefusedException(
          ErrorCode.INVALID_REPLICATION_FACTOR, "all brokers are fenced, brokers=" + all);
    }
  }

  private List<Integer> placeOne(int replicationFactor) {
    Set<String> racks = new HashSet<>();
    Set<Integer> chosen = new LinkedHashSet<>();
    for (List<BrokerImage> brokers : List.of(order(), fenced)) {
      for (BrokerImage broker : brokers) {
        if (chosen.size() < replicationFactor && racks.add(rack(broker))) {
          chosen.add(broker.id());
        }
      }
      for (BrokerImage broker : brokers) {
        if (chosen.size() < replicationFactor) {
          chosen.add(broker.id());
        }
      }
    }
    return List.copyOf(chosen);
  }

  /** Active brokers from the next place on, those behind the first shifted by the round. */
  private List<BrokerImage> order() {
    List<BrokerImage> order = new ArrayList<>(active.size());
    order.add(active.get(next));
    List<BrokerImage> others = new ArrayList<>();
    for (int i = 1; i < active.size(); i++) {
      others.add(active.get((next + i) % active.size()));
    }
    if (!others.isEmpty()) {
      Collections.rotate(others, -(round % others.size()));
    }
    order.addAll(others);
    next++;
    if (next == active.size()) {
      next = 0;
      round++;
    }
    return order;
  }

  private static List<BrokerImage> inTurns(List<BrokerImage> brokers, RandomGenerator random) {
    Map<String, Deque<BrokerImage>> byRack = new TreeMap<>();
    List<BrokerImage> shuffled = new ArrayList<>(brokers);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      Collections.swap(shuffled, i, random.nextInt(i + 1));
    }
    for (BrokerImage broker : shuffled) {
      byRack.computeIfAbsent(rack(broker), _ -> new ArrayDeque<>()).add(broker);
    }
    List<BrokerImage> row = new ArrayList<>(brokers.size());
    while (row.size() < brokers.size()) {
      for (Deque<BrokerImage> rack : byRack.values()) {
        if (!rack.isEmpty()) {
          row.add(rack.remove());
        }
      }
    }
    return row;
  }

  private static String rack(BrokerImage broker) {
    return Objects.requireNonNullElse(broker.rack(), "");
  }
}
