package dev.millrace.quorum.control;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses brokers for new partitions: those of one topic are spread evenly, leaderships first, and
 * what does not come out even goes where least is already, so that a broker that is new gets its
 * part without getting a whole topic. Among equals brokers stand in a row in which racks take
 * turns, and each partition starts one place further. Replicas of a partition go to different racks
 * while there are any left. Fenced brokers come last, and never first in a list.
 */
final class Placement {
  private final List<BrokerImage> active;
  private final List<BrokerImage> fenced;
  private final Map<Integer, Load> loads = new HashMap<>();
  private int next;

  /** How much a broker has: of the topic in question, and of everything. */
  private static final class Load {
    int leadsOfTopic;
    int copiesOfTopic;
    int leads;
    int copies;
    int place;
  }

  private static final Comparator<Load> AS_LEADER =
      Comparator.<Load>comparingInt(load -> load.leadsOfTopic)
          .thenComparingInt(load -> load.copiesOfTopic)
          .thenComparingInt(load -> load.leads)
          .thenComparingInt(load -> load.copies)
          .thenComparingInt(load -> load.place);

  private static final Comparator<Load> AS_COPY =
      Comparator.<Load>comparingInt(load -> load.copiesOfTopic)
          .thenComparingInt(load -> load.copies)
          .thenComparingInt(load -> load.place);

  Placement(ClusterImage image, RandomGenerator random) {
    List<BrokerImage> usable =
        image.brokers().values().stream().filter(image::takesReplicas).toList();
    active = inTurns(usable.stream().filter(BrokerImage::isActive).toList(), random);
    fenced = inTurns(usable.stream().filter(broker -> !broker.isActive()).toList(), random);
    next = active.isEmpty() ? 0 : random.nextInt(active.size());
    usable.forEach(broker -> loads.put(broker.id(), new Load()));
    image.topics().byId().values().forEach(topic -> count(topic, false));
  }

  /**
   * Replicas for new partitions, the preferred leader of each first.
   *
   * @param topic that they are added to; null for a new one
   */
  List<List<Integer>> place(@Nullable TopicImage topic, int partitions, int replicationFactor) {
    check(replicationFactor);
    for (Load load : loads.values()) {
      load.leadsOfTopic = 0;
      load.copiesOfTopic = 0;
    }
    if (topic != null) {
      count(topic, true);
    }
    List<List<Integer>> result = new ArrayList<>(partitions);
    for (int i = 0; i < partitions; i++) {
      List<Integer> replicas = placeOne(replicationFactor);
      count(replicas, true);
      count(replicas, false);
      result.add(replicas);
    }
    return result;
  }

  private void count(TopicImage topic, boolean ofTopic) {
    for (PartitionImage partition : topic.partitions().values()) {
      count(partition.replicas(), ofTopic);
    }
  }

  private void count(List<Integer> replicas, boolean ofTopic) {
    for (int i = 0; i < replicas.size(); i++) {
      Load load = loads.get(replicas.get(i));
      if (load != null && ofTopic) {
        load.copiesOfTopic++;
        load.leadsOfTopic += i == 0 ? 1 : 0;
      } else if (load != null) {
        load.copies++;
        load.leads += i == 0 ? 1 : 0;
      }
    }
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
    for (int i = 0; i < active.size(); i++) {
      load(active.get((next + i) % active.size())).place = i;
    }
    next = (next + 1) % active.size();
    BrokerImage leader =
        Collections.min(active, Comparator.comparing(Placement.this::load, AS_LEADER));
    Set<String> racks = new HashSet<>();
    Set<Integer> chosen = new LinkedHashSet<>();
    racks.add(rack(leader));
    chosen.add(leader.id());
    List<BrokerImage> byLoad = new ArrayList<>(active);
    byLoad.sort(Comparator.comparing(this::load, AS_COPY));
    for (List<BrokerImage> brokers : List.of(byLoad, fenced)) {
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

  private Load load(BrokerImage broker) {
    return Objects.requireNonNull(loads.get(broker.id()));
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
