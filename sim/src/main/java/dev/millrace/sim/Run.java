package dev.millrace.sim;

import dev.millrace.base.sim.SimFailure;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.sim.check.Judge;
import dev.millrace.sim.check.Ledger;
import dev.millrace.sim.check.Rest;
import dev.millrace.sim.cluster.Alterations;
import dev.millrace.sim.cluster.Machine;
import dev.millrace.sim.cluster.Observer;
import dev.millrace.sim.cluster.SimCluster;
import dev.millrace.sim.fault.Nemesis;
import dev.millrace.sim.fault.Trouble;
import dev.millrace.sim.work.Administrator;
import dev.millrace.sim.work.History;
import dev.millrace.sim.work.Tailer;
import dev.millrace.sim.work.World;
import dev.millrace.sim.work.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** One seed: a cluster comes to life, clients work, faults happen and end, and all is judged. */
public final class Run {
  private static final String LOG = "log";
  private static final long START_MS_MAX = 60_000;
  private static final long REST_MS_MAX = 60_000;
  private static final long DELIVERY_MS_MAX = 180_000;
  private static final int LOOK_MS = 250;
  private static final int BROKEN_MAX = 20;

  private final long seed;
  private final long workMs;
  private final SimOwners owners;
  private final Plan plan;
  private final SimCluster cluster;
  private final Ledger ledger;
  private final History history;
  private final World world;
  private final List<String> broken = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();
  private final List<Tailer> tailers = new ArrayList<>();
  private List<String> trace = List.of();
  private int faults;
  private long restMs;

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
    this.history = new History(cluster);
    this.world = new World(cluster, history);
  }

  /** Hears what nodes promise, and what is wrong. */
  private final class Ears implements Observer {
    @Override
    public void acknowledged(int node, int leaderEpoch, Sent sent, long baseOffset) {
      ledger.acknowledged(node, leaderEpoch, sent, baseOffset);
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
    try (LogEars ears = new LogEars(cluster)) {
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
    if (!makeTopics()) {
      cluster.broken("topics are not made");
      return;
    }
    begin();
    Rest rest = new Rest(cluster);
    Nemesis nemesis =
        new Nemesis(cluster, plan.troubles(), plan.pauseMsMax(), () -> rest.missing().isEmpty());
    pass(workMs);
    faults = nemesis.count();
    nemesis.end();
    cluster.trace().add("faults end");
    settle(rest);
  }

  private boolean makeTopics() {
    Administrator admin = new Administrator(world);
    boolean[] done = new boolean[1];
    admin.create(LOG, plan.partitions(), () -> done[0] = true);
    return reaches(() -> done[0], START_MS_MAX);
  }

  private void begin() {
    for (int i = 0; i < 3; i++) {
      writers.add(new Writer(world, "w" + i, LOG, plan.partitions()));
    }
    tailers.add(new Tailer(world, "t0", LOG, plan.partitions(), false));
    tailers.add(new Tailer(world, "t1", LOG, plan.partitions(), true));
    look();
  }

  private void look() {
    ledger.look();
    cluster.supervisor().after(LOOK_MS, this::look);
  }

  private void settle(Rest rest) {
    long beganMs = nowMs();
    world.end();
    boolean isWritten = reaches(() -> writers.stream().allMatch(Writer::isDone), DELIVERY_MS_MAX);
    if (!isWritten) {
      cluster.broken("clients do not come to an end: " + writers);
    }
    if (!reaches(rest::isReached, REST_MS_MAX)) {
      cluster.broken("cluster does not come to rest: " + rest.missing());
      return;
    }
    restMs = nowMs() - beganMs;
    if (!reaches(this::isRead, REST_MS_MAX)) {
      cluster.broken("readers do not come to the end");
    }
    ledger.look();
    ledger.lost().forEach(cluster::broken);
    new Judge(history).faults().forEach(cluster::broken);
  }

  /** Whether readers have everything that there is. */
  private boolean isRead() {
    TopicImage topic = cluster.image().topic(LOG);
    return topic != null
        && IntStream.range(0, plan.partitions())
            .allMatch(
                index ->
                    tailers.stream()
                        .allMatch(tailer -> tailer.position(index) == end(topic, index)));
  }

  private long end(TopicImage topic, int index) {
    PartitionImage partition = topic.partition(index);
    if (partition == null || !partition.hasLeader()) {
      return Long.MAX_VALUE;
    }
    var life = cluster.machine(partition.leader()).life();
    var copies = life == null ? null : life.partitions();
    var copy = copies == null ? null : copies.find(topic.id(), index);
    return copy == null ? Long.MAX_VALUE : copy.bounds().highWatermark();
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
