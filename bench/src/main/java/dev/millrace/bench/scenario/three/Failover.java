package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.contender.Node;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.Probe;
import dev.millrace.bench.scenario.Workshop;
import java.util.List;

/**
 * From kill -9 of a node to the next record that a partition accepts which that node led. The node
 * is started again after each kill, and its copies are in sync again before the next.
 */
public final class Failover extends ClusterScenario {
  private static final int PARTITIONS = 12;
  private static final double WARM_SECONDS = 20;
  private static final double TIMEOUT_SECONDS = 60;
  private static final String TOPIC = "probe";

  private final boolean ofController;
  private final Figure middle;
  private final Figure slowest;

  private Failover(boolean ofController, String whom) {
    this.ofController = ofController;
    String title = "kill -9 of " + whom + ", to the next accepted acks=all produce";
    this.middle = Figure.of(title + ": p50", "s").goal(Goal.atMostTimes(0.3));
    this.slowest = Figure.of(title + ": slowest", "s").slowest().goal(Goal.atMost(2, "s"));
  }

  public static Failover ofLeader() {
    return new Failover(false, "a leader");
  }

  /** The controller leads partitions too, so both elections are in the time. */
  public static Failover ofController() {
    return new Failover(true, "the controller");
  }

  @Override
  public String name() {
    return ofController ? "failover-controller" : "failover";
  }

  @Override
  public String summary() {
    return "kill -9 of "
        + (ofController ? "the controller" : "a leader that is not the controller")
        + ", ten times a round (2 with --quick), to the next accepted produce";
  }

  @Override
  void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink) {
    create(layout, TOPIC, PARTITIONS);
    for (int kill = 0; kill < workshop.effort().kills(); kill++) {
      double seconds = kill(cluster, layout);
      sink.add(middle, seconds);
      sink.add(slowest, seconds);
    }
  }

  private double kill(Cluster cluster, Layout layout) {
    Node victim = cluster.node(victim(cluster, layout));
    int partition = layout.ledBy(TOPIC, victim.id());
    double seconds;
    try (Probe probe = Probe.produce(cluster.ports(), TOPIC, partition)) {
      probe.awaitAccepted(System.nanoTime(), WARM_SECONDS);
      long killed = System.nanoTime();
      victim.kill();
      seconds = (probe.awaitAccepted(System.nanoTime(), TIMEOUT_SECONDS) - killed) / 1e9;
    }
    victim.startAgain();
    cluster.awaitReady();
    layout.awaitWhole(List.of(TOPIC), NODES);
    layout.preferred();
    return seconds;
  }

  private int victim(Cluster cluster, Layout layout) {
    int controller = layout.controller();
    return ofController
        ? controller
        : cluster.nodes().stream()
            .mapToInt(Node::id)
            .filter(id -> id != controller)
            .findFirst()
            .orElseThrow();
  }
}
