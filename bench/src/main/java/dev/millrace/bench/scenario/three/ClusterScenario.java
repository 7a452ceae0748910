package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.scenario.Scenario;
import dev.millrace.bench.scenario.Workshop;
import java.util.List;

/** One that begins with a fresh cluster of three nodes. */
abstract class ClusterScenario implements Scenario {
  static final int NODES = 3;

  @Override
  public int nodes() {
    return NODES;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    try (Cluster cluster = workshop.stand().cluster(contender, NODES, Order.plain());
        Layout layout = new Layout(cluster.bootstrap())) {
      measure(cluster, layout, workshop, sink);
    }
  }

  abstract void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink);

  /** Creates a topic with three copies and waits until all of them are in sync. */
  static void create(Layout layout, String topic, int partitions) {
    layout.create(topic, partitions, NODES);
    layout.awaitWhole(List.of(topic), NODES);
  }
}
