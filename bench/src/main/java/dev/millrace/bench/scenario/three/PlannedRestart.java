package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.contender.Node;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.figure.Samples;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Probe;
import dev.millrace.bench.scenario.Workshop;
import java.util.ArrayList;
import java.util.List;

/**
 * Each node is stopped in order and started again, the controller too; how long partitions wait.
 */
public final class PlannedRestart extends ClusterScenario {
  private static final int PARTITIONS = 6;
  private static final double WARM_SECONDS = 20;
  private static final String TOPIC = "probe";

  private static final Figure LONGEST =
      Figure.of("stop and start of each node: longest pause of a partition", "s")
          .slowest()
          .goal(Goal.atMost(0.1, "s"));
  private static final Figure MIDDLE =
      Figure.of(
          "stop and start of each node: the longest pause of the partition in the middle", "s");

  @Override
  public String name() {
    return "planned-restart";
  }

  @Override
  public String summary() {
    return "each node is stopped in order and started again, the longest pause of each partition";
  }

  @Override
  void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink) {
    create(layout, TOPIC, PARTITIONS);
    List<Probe> probes = new ArrayList<>();
    try {
      for (int i = 0; i < PARTITIONS; i++) {
        probes.add(Probe.produce(cluster.ports(), TOPIC, i));
      }
      probes.forEach(probe -> probe.awaitAccepted(System.nanoTime(), WARM_SECONDS));
      Pause.seconds(workshop.effort().seconds());
      for (Node node : cluster.nodes()) {
        restart(cluster, layout, node, probes, sink);
      }
    } finally {
      probes.forEach(Probe::close);
    }
  }

  private static void restart(
      Cluster cluster, Layout layout, Node node, List<Probe> probes, Sink sink) {
    probes.forEach(Probe::forget);
    node.stop();
    node.startAgain();
    cluster.awaitReady();
    layout.awaitWhole(List.of(TOPIC), NODES);
    layout.preferred();
    Pause.seconds(1);
    Samples pauses = new Samples();
    probes.forEach(probe -> pauses.add(probe.longestPause()));
    sink.add(LONGEST, pauses.highest());
    sink.add(MIDDLE, pauses.median());
  }
}
