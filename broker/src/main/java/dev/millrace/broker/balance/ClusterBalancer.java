package dev.millrace.broker.balance;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Brokers;
import dev.millrace.quorum.balance.BalanceGoals;
import dev.millrace.quorum.balance.BalancePlan;
import dev.millrace.quorum.balance.Balancer;
import dev.millrace.quorum.control.AlterReassignments;
import dev.millrace.quorum.control.ChangeConfigs;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Moves copies in small steps while its node leads the metadata: away from brokers that are being
 * drained, to brokers that shall be filled, and, where {@code millrace.balancer.enable} says so, to
 * wherever it is more even. One look a second, which costs nothing while nothing is wanted.
 *
 * <p>At most {@code millrace.balancer.moves.max} copies are on their way, those of other people's
 * reassignments counted; a partition that moves already is left alone. Everything that it begins is
 * in the metadata, so whoever leads that next goes on.
 */
public final class ClusterBalancer {
  private static final Logger LOG = System.getLogger("dev.millrace.broker.balance");
  private static final long LOOK_MS = 1_000;

  /** The plan stands still: it is not made again at once. */
  private static final long PATIENCE_MS = 5_000;

  private final Parts parts;
  private final LoadReports reports;
  private boolean planning;
  private boolean ended;
  private long notBeforeMs = Long.MIN_VALUE;
  private long evenAgainMs = Long.MIN_VALUE;

  /**
   * What it works with.
   *
   * @param turns owner of what it knows; its work is short
   * @param planner owner on which plans are made, seconds long in large clusters
   * @param leads whether this node leads the metadata
   * @param settings effective ones of this node in an image
   * @param controller of this node
   */
  public record Parts(
      Turns turns,
      Turns planner,
      Clock clock,
      BooleanSupplier leads,
      Supplier<ClusterImage> images,
      Function<ClusterImage, BrokerSettings> settings,
      Work work) {}

  /** Where it asks and where it decides. */
  public record Work(Brokers brokers, ActiveController controller) {}

  public ClusterBalancer(Parts parts) {
    this.parts = parts;
    this.reports = new LoadReports(parts.turns, parts.clock, parts.work.brokers);
  }

  /** Looks from now on. */
  public void begin() {
    parts.turns.submit(this::lookLater);
  }

  /** Looks no more; what is on its way arrives. */
  public void end() {
    parts.turns.submit(() -> ended = true);
  }

  private void lookLater() {
    parts.turns.after(
        LOOK_MS,
        () -> {
          if (!ended) {
            look();
            lookLater();
          }
        });
  }

  private void look() {
    long nowMs = parts.clock.monotonicMs();
    if (planning || nowMs < notBeforeMs || !parts.leads.getAsBoolean()) {
      return;
    }
    ClusterImage image = parts.images.get();
    Set<Integer> drain = draining(image);
    Set<Integer> fill = BrokerWish.FILL.brokers(image);
    BrokerSettings settings = parts.settings.apply(image);
    boolean evens = settings.booleanValue("millrace.balancer.enable") && nowMs >= evenAgainMs;
    if (drain.isEmpty() && fill.isEmpty() && !evens) {
      return;
    }
    int budget = settings.intValue("millrace.balancer.moves.max") - copiesOnTheirWay(image);
    if (budget > 0) {
      if (evens) {
        evenAgainMs = nowMs + settings.longValue("millrace.balancer.interval.ms");
      }
      planning = true;
      BalanceGoals goals =
          new BalanceGoals(
              drain,
              evens ? Set.of() : fill,
              evens || !fill.isEmpty(),
              settings.doubleValue("millrace.balancer.tolerance"),
              budget,
              settings.longValue("millrace.balancer.bytes.max"));
      reports.gather(image, loads -> plan(image, loads, goals, fill));
    }
  }

  /** Brokers that shall have nothing and have something. */
  private static Set<Integer> draining(ClusterImage image) {
    Set<Integer> drain = BrokerWish.DRAIN.brokers(image);
    if (!drain.isEmpty()) {
      drain.removeIf(broker -> !hasCopies(image, broker));
    }
    return drain;
  }

  private static boolean hasCopies(ClusterImage image, int broker) {
    for (TopicImage topic : image.topics().byId().values()) {
      for (PartitionImage partition : topic.partitions().values()) {
        if (partition.replicas().contains(broker)
            && !partition.reassignment().removing().contains(broker)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int copiesOnTheirWay(ClusterImage image) {
    int copies = 0;
    for (TopicImage topic : image.topics().byId().values()) {
      for (PartitionImage partition : topic.partitions().values()) {
        copies += partition.reassignment().adding().size();
      }
    }
    return copies;
  }

  private void plan(
      ClusterImage image, Balancer.Loads loads, BalanceGoals goals, Set<Integer> fill) {
    parts.planner.submit(() -> {
      BalancePlan plan = Balancer.plan(image, loads, goals);
      parts.turns.submit(() -> carryOut(plan, fill));
    });
  }

  private void carryOut(BalancePlan plan, Set<Integer> fill) {
    planning = false;
    if (plan.steps().isEmpty()) {
      notBeforeMs = parts.clock.monotonicMs() + PATIENCE_MS;
      if (plan.isComplete()) {
        filled(fill);
      }
      return;
    }
    for (BalancePlan.Step step : plan.steps()) {
      LOG.log(
          Level.INFO,
          "{0}-{1} moves from {2} to {3}: {4}",
          step.topic(),
          Integer.toString(step.partition()),
          step.from(),
          step.to(),
          step.why());
    }
    planning = true;
    parts.work.controller.submit(
        new AlterReassignments(plan.moves(), false),
        outcome -> parts.turns.submit(() -> begun(outcome)));
  }

  private void begun(Outcome<List<Outcome<PartitionImage>>> outcome) {
    planning = false;
    if (outcome instanceof Outcome.Done<List<Outcome<PartitionImage>>> done) {
      for (Outcome<PartitionImage> one : done.value()) {
        if (one instanceof Outcome.Refused<PartitionImage> refused) {
          LOG.log(Level.WARNING, "a move was refused: {0}", refused.message());
          notBeforeMs = parts.clock.monotonicMs() + PATIENCE_MS;
        }
      }
    } else {
      notBeforeMs = parts.clock.monotonicMs() + PATIENCE_MS;
    }
  }

  /** These brokers have their part. */
  private void filled(Set<Integer> brokers) {
    if (brokers.isEmpty()) {
      return;
    }
    LOG.log(Level.INFO, "brokers have their part of the cluster, brokers={0}", brokers);
    List<ResourceChange> changes =
        brokers.stream()
            .map(broker ->
                new ResourceChange(
                    ConfigResource.broker(broker),
                    List.of(new Change(BrokerWish.SETTING, Operation.DELETE, null))))
            .toList();
    parts.work.controller.submit(new ChangeConfigs(changes, false), outcome -> {});
  }
}
