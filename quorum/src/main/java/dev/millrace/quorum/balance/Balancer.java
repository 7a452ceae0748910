package dev.millrace.quorum.balance;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans how to even out a cluster: replicas, leaderships, disk and traffic, with racks respected.
 *
 * <p>Brokers that are to be drained come first. Then, as long as some broker is further from the
 * mean than is tolerated, leaderships change to replicas that are there (nothing is copied), and
 * where that does not help the copy moves that gains most for each byte, from the fullest broker
 * that has one. Partitions that move already, or have no leader, are left alone; a move never
 * leaves a partition in fewer racks.
 */
public final class Balancer {
  /** The least that a change must gain: less is not worth another leader. */
  private static final double GAIN_LEAST = 1e-9;

  private static final int CHANGES_MAX = 10_000;

  private static final List<Resource> RESOURCES = List.of(Resource.values());

  /** What goes with leadership. */
  private static final List<Resource> LED = List.of(Resource.LEADERS, Resource.OUT);

  /** The emptiest brokers, which are looked at before the others. */
  private static final int TARGETS = 3;

  /** Another rack is worth more than any evenness. */
  private static final double RACK_SCORE = 1e9;

  private final ClusterImage image;
  private final BalanceGoals goals;
  private final Shape shape;
  private final List<Placed> all = new ArrayList<>();
  private int replicasLeft;
  private long bytesLeft;
  private boolean cutShort;

  /** Knows the load of a partition. */
  @FunctionalInterface
  public interface Loads {
    PartitionLoad of(String topic, int partition);
  }

  /** A change that could be made. */
  private record Option(Placed partition, int position, int target, double score) {}

  private Balancer(ClusterImage image, Loads loads, BalanceGoals goals) {
    this.image = image;
    this.goals = goals;
    replicasLeft = goals.replicasMax();
    bytesLeft = goals.bytesMax();
    shape = new Shape(takingPart(image, goals));
    image.topics().sorted().forEach(topic -> place(topic, loads));
  }

  /** The plan for a cluster. */
  public static BalancePlan plan(ClusterImage image, Loads loads, BalanceGoals goals) {
    return new Balancer(image, loads, goals).plan();
  }

  private static Collection<Integer> takingPart(ClusterImage image, BalanceGoals goals) {
    return image.brokers().values().stream()
        .filter(broker -> broker.isActive() && image.takesReplicas(broker))
        .map(BrokerImage::id)
        .filter(id -> !goals.drain().contains(id))
        .toList();
  }

  private void place(TopicImage topic, Loads loads) {
    for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
      PartitionImage partition = entry.getValue();
      Placed placed =
          new Placed(
              topic.name(),
              entry.getKey(),
              loads.of(topic.name(), entry.getKey()),
              partition.replicas());
      shape.add(placed);
      if (partition.hasLeader() && !partition.isMoving()) {
        all.add(placed);
      }
    }
  }

  private BalancePlan plan() {
    if (shape.brokers().isEmpty()) {
      return new BalancePlan(List.of(), 0, 0, true);
    }
    Set<Placed> movable = new HashSet<>(all);
    double before = shape.imbalance();
    drain();
    int changes = goals.evens() ? CHANGES_MAX : 0;
    for (int i = 0; i < changes && shape.imbalance() > goals.tolerance(); i++) {
      if (!changeLeader(movable) && !moveCopy(movable)) {
        break;
      }
    }
    List<BalancePlan.Step> steps =
        all.stream().filter(Placed::isChanged).map(Placed::step).toList();
    return new BalancePlan(steps, before, shape.imbalance(), !cutShort);
  }

  private void drain() {
    for (Placed partition : all) {
      for (int position = 0; position < partition.to.size(); position++) {
        int source = partition.to.get(position);
        if (goals.drain().contains(source)) {
          Option best = refuge(partition, position);
          if (best == null || !afford(partition)) {
            cutShort = true;
          } else {
            make(best, "broker " + source + " is drained");
          }
        }
      }
    }
  }

  private boolean changeLeader(Set<Placed> movable) {
    for (int source : shape.fullestFirst()) {
      Option best = null;
      for (Placed partition : shape.on(source)) {
        if (partition.to.getFirst() == source && movable.contains(partition)) {
          best = better(best, bestLeader(partition));
        }
      }
      if (best != null) {
        int target = best.partition.to.get(best.position);
        best.partition.because(shape.why(source, target));
        shape.lead(best.partition, best.position);
        return true;
      }
    }
    return false;
  }

  private @Nullable Option bestLeader(Placed partition) {
    Option best = null;
    int source = partition.to.getFirst();
    for (int position = 1; position < partition.to.size(); position++) {
      int target = partition.to.get(position);
      if (shape.has(target) && goals.mayGet(target) && isWorthIt(source, target, LED)) {
        double cost = shape.cost(source, target);
        shape.lead(partition, position);
        double gain = cost - shape.cost(source, target);
        shape.lead(partition, position);
        if (gain > GAIN_LEAST) {
          best = better(best, new Option(partition, position, target, gain));
        }
      }
    }
    return best;
  }

  private boolean moveCopy(Set<Placed> movable) {
    if (replicasLeft == 0) {
      cutShort = true;
      return false;
    }
    List<Integer> emptiest =
        shape.fullestFirst().reversed().stream().filter(goals::mayGet).toList();
    Option best = bestCopy(movable, emptiest.subList(0, Math.min(TARGETS, emptiest.size())));
    if (best == null) {
      best = bestCopy(movable, emptiest);
    }
    if (best == null) {
      return false;
    }
    if (!afford(best.partition)) {
      cutShort = true;
      return false;
    }
    make(best, shape.why(best.partition.to.get(best.position), best.target));
    return true;
  }

  /** The best copy to move from the fullest broker that has one. */
  private @Nullable Option bestCopy(Set<Placed> movable, Collection<Integer> targets) {
    for (int source : shape.fullestFirst()) {
      Option best = null;
      for (Placed partition : shape.on(source)) {
        if (movable.contains(partition)) {
          best = better(best, bestTarget(partition, partition.to.indexOf(source), targets));
        }
      }
      if (best != null) {
        return best;
      }
    }
    return null;
  }

  /** Where a copy would gain most for its bytes; null when nothing is gained. */
  private @Nullable Option bestTarget(Placed partition, int position, Collection<Integer> targets) {
    int source = partition.to.get(position);
    Option best = null;
    boolean isBack = !partition.from.contains(source);
    double price = isBack ? 1 : partition.load.diskBytes() + shape.ordinaryBytes();
    for (int target : targets) {
      if (!partition.to.contains(target) && isWorthIt(source, target, RESOURCES)) {
        double gain = gain(partition, position, target);
        boolean better = best == null || gain / price > best.score;
        if (gain > GAIN_LEAST && better && keepsRacks(partition, position, target)) {
          best = new Option(partition, position, target, gain / price);
        }
      }
    }
    return best;
  }

  /** Where the copy of a drained broker goes: into another rack if it can be, then for the best. */
  private @Nullable Option refuge(Placed partition, int position) {
    Option best = null;
    for (int target : shape.brokers()) {
      if (!partition.to.contains(target)) {
        int racks = racksWith(partition, position, target);
        double score = racks * RACK_SCORE + gain(partition, position, target);
        best = better(best, new Option(partition, position, target, score));
      }
    }
    return best;
  }

  /** Whether one has so much more of something than the other that it is not tolerated. */
  private boolean isWorthIt(int source, int target, List<Resource> resources) {
    for (Resource resource : resources) {
      if (shape.distance(source, resource) - shape.distance(target, resource) > goals.tolerance()) {
        return true;
      }
    }
    return false;
  }

  private double gain(Placed partition, int position, int target) {
    int source = partition.to.get(position);
    double cost = shape.cost(source, target);
    shape.shift(partition, position, target);
    double gain = cost - shape.cost(source, target);
    shape.shift(partition, position, source);
    return gain;
  }

  private boolean keepsRacks(Placed partition, int position, int target) {
    return racksWith(partition, position, target)
        >= racksWith(partition, position, partition.to.get(position));
  }

  private int racksWith(Placed partition, int position, int broker) {
    Set<String> racks = new HashSet<>();
    for (int i = 0; i < partition.to.size(); i++) {
      racks.add(rack(i == position ? broker : partition.to.get(i)));
    }
    return racks.size();
  }

  private String rack(int id) {
    BrokerImage broker = image.broker(id);
    return broker == null ? "" : Objects.requireNonNullElse(broker.rack(), "");
  }

  private boolean afford(Placed partition) {
    boolean first = replicasLeft == goals.replicasMax();
    return replicasLeft > 0 && (first || partition.load.diskBytes() <= bytesLeft);
  }

  private void make(Option option, String why) {
    Placed partition = option.partition;
    int copiedBefore = partition.copied();
    partition.because(why);
    shape.move(partition, option.position, option.target);
    int copies = partition.copied() - copiedBefore;
    replicasLeft -= copies;
    bytesLeft -= copies * partition.load.diskBytes();
  }

  private static @Nullable Option better(@Nullable Option one, @Nullable Option other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.score > one.score ? other : one;
  }
}
