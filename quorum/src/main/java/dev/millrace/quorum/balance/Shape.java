package dev.millrace.quorum.balance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How much every broker that takes part has of each resource. The cost of a shape is the sum of the
 * squares of the relative distances from the mean, so that what is far away counts most.
 */
final class Shape {
  private static final Resource[] RESOURCES = Resource.values();

  private final Map<Integer, double[]> byBroker = new TreeMap<>();
  private final double[] total = new double[RESOURCES.length];
  private final Map<Integer, List<Placed>> placedOn = new TreeMap<>();

  Shape(Collection<Integer> brokers) {
    for (Integer broker : brokers) {
      byBroker.put(broker, new double[RESOURCES.length]);
      placedOn.put(broker, new ArrayList<>());
    }
  }

  /** Brokers that take part, in the order of their ids. */
  Collection<Integer> brokers() {
    return byBroker.keySet();
  }

  boolean has(int broker) {
    return byBroker.containsKey(broker);
  }

  /** Partitions with a copy on a broker that takes part. */
  List<Placed> on(int broker) {
    return Objects.requireNonNull(placedOn.get(broker), "broker");
  }

  void add(Placed partition) {
    for (int i = 0; i < partition.to.size(); i++) {
      int broker = partition.to.get(i);
      put(broker, partition.load, i == 0, 1);
      if (has(broker)) {
        on(broker).add(partition);
      }
    }
  }

  /** Moves one copy to another broker. */
  void move(Placed partition, int position, int target) {
    int source = partition.to.get(position);
    shift(partition, position, target);
    if (has(source)) {
      on(source).remove(partition);
    }
    on(target).add(partition);
  }

  /** Counts one copy for another broker, to see what comes of it. */
  void shift(Placed partition, int position, int target) {
    put(partition.to.get(position), partition.load, position == 0, -1);
    put(target, partition.load, position == 0, 1);
    partition.to.set(position, target);
  }

  /** Lets another replica be the preferred leader. */
  void lead(Placed partition, int position) {
    int old = partition.to.getFirst();
    int leader = partition.to.get(position);
    lose(old, partition.load, -1);
    lose(leader, partition.load, 1);
    partition.to.set(0, leader);
    partition.to.set(position, old);
  }

  private void put(int broker, PartitionLoad load, boolean leads, int sign) {
    count(broker, Resource.REPLICAS, sign);
    count(broker, Resource.DISK, sign * (double) load.diskBytes());
    count(broker, Resource.IN, sign * load.bytesInPerSecond());
    if (leads) {
      lose(broker, load, sign);
    }
  }

  private void lose(int broker, PartitionLoad load, int sign) {
    count(broker, Resource.LEADERS, sign);
    count(broker, Resource.OUT, sign * load.bytesOutPerSecond());
  }

  private void count(int broker, Resource resource, double amount) {
    double[] amounts = byBroker.get(broker);
    if (amounts != null) {
      amounts[resource.place] += amount;
      total[resource.place] += amount;
    }
  }

  /** What an ordinary copy takes on disk; a copy costs this beside its own bytes. */
  double ordinaryBytes() {
    double copies = Math.max(1, total[Resource.REPLICAS.place]);
    return Math.max(1, total[Resource.DISK.place] / copies);
  }

  /** The part of the cost that a change between these two brokers alters. */
  double cost(int one, int other) {
    return cost(one) + cost(other);
  }

  private double cost(int broker) {
    if (!has(broker)) {
      return 0;
    }
    double cost = 0;
    for (Resource resource : RESOURCES) {
      double distance = distance(broker, resource);
      cost += resource.weight * distance * distance;
    }
    return cost;
  }

  /** How far a broker is from the mean, as a part of it; above 0 when it has more. */
  double distance(int broker, Resource resource) {
    double mean = total[resource.place] / byBroker.size();
    double amount = Objects.requireNonNull(byBroker.get(broker))[resource.place];
    return mean <= 0 ? 0 : (amount - mean) / Math.max(mean, resource.meanLeast);
  }

  /** The largest distance of any broker, but for what a single replica more or less makes. */
  double imbalance() {
    double most = 0;
    for (Integer broker : byBroker.keySet()) {
      for (Resource resource : RESOURCES) {
        double distance = Math.abs(distance(broker, resource));
        if (!isWithinOne(broker, resource)) {
          most = Math.max(most, distance);
        }
      }
    }
    return most;
  }

  private boolean isWithinOne(int broker, Resource resource) {
    double mean = total[resource.place] / byBroker.size();
    double amount = Objects.requireNonNull(byBroker.get(broker))[resource.place];
    boolean counted = resource == Resource.REPLICAS || resource == Resource.LEADERS;
    return counted && Math.abs(amount - mean) < 1;
  }

  /** Brokers that take part, the one with most above the mean first. */
  List<Integer> fullestFirst() {
    return byBroker.keySet().stream()
        .sorted(Comparator.comparingDouble((Integer broker) -> -weight(broker)))
        .toList();
  }

  private double weight(int broker) {
    return Arrays.stream(RESOURCES)
        .mapToDouble(resource -> Math.max(0, distance(broker, resource)) * resource.weight)
        .sum();
  }

  /** Why something goes from one broker to another, for people. */
  String why(int source, int target) {
    Resource telling = RESOURCES[0];
    for (Resource resource : RESOURCES) {
      boolean tellsMore =
          distance(source, resource) - distance(target, resource)
              > distance(source, telling) - distance(target, telling);
      telling = tellsMore ? resource : telling;
    }
    return "broker "
        + source
        + " has "
        + percent(distance(source, telling))
        + " "
        + telling.title
        + " than the mean, broker "
        + target
        + " "
        + percent(distance(target, telling));
  }

  private static String percent(double distance) {
    long rounded = Math.round(Math.abs(distance) * 100);
    return rounded + " % " + (distance >= 0 ? "more" : "less");
  }
}
