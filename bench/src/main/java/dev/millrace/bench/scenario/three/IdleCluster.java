package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.TinyProduce;
import dev.millrace.bench.scenario.Workshop;
import java.util.List;

/** Three nodes that do nothing, with three hundred partitions of three copies. */
public final class IdleCluster extends ClusterScenario {
  private static final int PARTITIONS = 300;

  /** Both sides compile in their first half minute; idle is what comes after. */
  private static final double SETTLE_SECONDS = 40;

  private static final double TIMEOUT_SECONDS = 20;

  private static final Figure CPU =
      Figure.of("3 idle nodes, 300 partitions: CPU of all", "% of a core")
          .goal(Goal.atMostTimes(0.3));
  private static final Figure RSS = Figure.of("3 idle nodes, 300 partitions: RSS of all", "MB");

  @Override
  public String name() {
    return "idle-3";
  }

  @Override
  public String summary() {
    return "CPU and RSS of three idle nodes with 300 partitions of 3 copies";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.FSYNC);
  }

  @Override
  void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink) {
    create(layout, "idle", PARTITIONS);
    TinyProduce.first(cluster.node(layout.leader("idle", 0)).port(), "idle", TIMEOUT_SECONDS);
    double seconds = 3.0 * workshop.effort().idleSeconds();
    Pause.seconds(SETTLE_SECONDS + seconds / 2);
    double before = cluster.cpuSeconds();
    Pause.seconds(seconds);
    sink.add(CPU, 100 * (cluster.cpuSeconds() - before) / seconds);
    sink.add(RSS, cluster.rssMb());
  }
}
