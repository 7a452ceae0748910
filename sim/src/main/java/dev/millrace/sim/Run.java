package dev.millrace.sim;

import dev.millrace.base.sim.SimFailure;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.sim.check.Ledger;
import dev.millrace.sim.check.Rest;
import dev.millrace.sim.cluster.Alterations;
import dev.millrace.sim.cluster.Machine;
import dev.millrace.sim.cluster.Observer;
import dev.millrace.sim.cluster.SimCluster;
import dev.millrace.sim.fault.Nemesis;
import dev.millrace.sim.fault.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** One seed: a cluster comes to life, clients work, faults happen and end, and all is judged. */
public final class Run {
  private static final long START_MS_MAX = 60_000;
  private static final long REST_MS_MAX = 60_000;
  private static final long END_MS_MAX = 180_000;
  private static final int LOOK_MS = 250;
  private static final int BROKEN_MAX = 20;

  private final long seed;
  private final long workMs;
  private final SimOwners owners;
  private final Plan plan;
  private final SimCluster cluster;
  private final Ledger ledger;
  private final Scene scene;
  private final List<String> broken = new ArrayList<>();
  private List<String> trace = List.of();
  private int faults;
  private long restMs = -1;

  /**
   * What is run.
   *
   * @param workMs simulated time in which clients work and faults happen
   * @param troubles kinds of faults; empty for those that the seed chooses
   * @param isLoud whether events are printed when they happen
   */
  public record Task(
      long seed, long workMs, List<Trouble> troubles, Alterations alterations, boolean isLoud) {
    /** A seed as it is. */
    public static Task of(long seed, long workMs) {
      return new Task(seed, workMs, List.of(), Alterations.NONE, false);
    }
  }

  /** Nothing happens yet. */
  public Run(Task task) {
    this.seed = task.seed;
    this.workMs = task.workMs;
    this.owners = new SimOwners(seed);
    this.plan = Plan.of(owners.random("plan")).with(task.troubles);
    this.cluster =
        new SimCluster(
            owners,
            new SimCluster.Setup(
                3, plan.settings(), plan.journalAfterRounds(), task.alterations, task.isLoud),
            new Ears());
    this.ledger = new Ledger(cluster);
    this.scene = new Scene(cluster, plan);
  }

  /** Hears what nodes promise, and what is wrong. */
  private final class Ears implements Observer {
    @Override
    public void acknowledged(int node, Sent sent, long baseOffset) {
      ledger.acknowledged(node, sent, baseOffset);
    }

    @Override
    public void broken(String what) {
      if (broken.isEmpty()) {
        trace = cluster.trace().events();
      }
      if (broken.size() < BROKEN_MAX) {
        broken.add(what);
      }
    }
  }

  /** Runs it. */
  public Verdict run() {
    long startNanos = System.nanoTime();
    try (LogEars _ = new LogEars(cluster)) {
      live();
    } catch (SimFailure failure) {
      cluster.broken(String.valueOf(failure.getMessage()));
    }
    return new Verdict(
        seed,
        owners.clock().elapsedNanos() / 1_000_000,
        (System.nanoTime() - startNanos) / 1_000_000,
        restMs,
        faults,
        ledger.acknowledged(),
        owners.traceHash(),
        List.copyOf(broken),
        trace);
  }

  private void live() {
    cluster.machines().forEach(Machine::start);
    if (!reaches(() -> cluster.machines().stream().allMatch(Machine::serves), START_MS_MAX)) {
      cluster.broken("cluster does not start");
      return;
    }
    scene.makeTopics();
    if (!reaches(scene::isMade, START_MS_MAX)) {
      cluster.broken("topics are not made");
      return;
    }
    scene.begin();
    look();
    Rest rest = new Rest(cluster);
    Nemesis nemesis =
        new Nemesis(cluster, plan.troubles(), plan.pauseMsMax(), () -> rest.missing().isEmpty());
    pass(workMs);
    faults = nemesis.count();
    nemesis.end();
    cluster.trace().add("faults end");
    settle(rest);
  }

  private void look() {
    ledger.look();
    cluster.supervisor().after(LOOK_MS, this::look);
  }

  private void settle(Rest rest) {
    long beganMs = nowMs();
    scene.end();
    cluster.supervisor().submit(() -> restSince(rest, beganMs));
    expect(scene::isWritten, "clients do not come to an end");
    expect(scene::isRead, "readers do not come to the end");
    scene.close();
    expect(scene::isClosed, "transactions do not come to an end");
    if (!reaches(rest::isReached, REST_MS_MAX)) {
      cluster.broken("cluster does not come to rest: " + rest.missing());
      return;
    }
    if (restMs < 0 || restMs > REST_MS_MAX) {
      cluster.broken("cluster takes too long to have all copies in sync, ms=" + restMs);
    }
    ledger.look();
    ledger.lost().forEach(cluster::broken);
    scene.faults().forEach(cluster::broken);
  }

  /** Takes the time until all copies are in sync, while clients still work. */
  private void restSince(Rest rest, long beganMs) {
    if (rest.isInSync()) {
      restMs = nowMs() - beganMs;
    } else {
      cluster.supervisor().after(LOOK_MS, () -> restSince(rest, beganMs));
    }
  }

  private void expect(BooleanSupplier state, String otherwise) {
    if (broken.isEmpty() && !reaches(state, END_MS_MAX)) {
      cluster.broken(otherwise + ": " + scene.story());
    }
  }

  private long nowMs() {
    return owners.clock().elapsedNanos() / 1_000_000;
  }

  private void pass(long ms) {
    long end = nowMs() + ms;
    while (nowMs() < end && broken.isEmpty()) {
      owners.runMs(Math.min(100, end - nowMs()));
    }
  }

  private boolean reaches(BooleanSupplier state, long limitMs) {
    long end = nowMs() + limitMs;
    while (!state.getAsBoolean()) {
      if (nowMs() >= end || !broken.isEmpty()) {
        return false;
      }
      owners.runMs(20);
    }
    return true;
  }
}
