package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.contender.Stand;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.PacedProducer;
import dev.millrace.bench.load.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fixed rates of the latency scenarios: a third of what Apache Kafka takes at most from the
 * same client with the same number of partitions. Measured once a run; everybody gets the same
 * rate.
 */
public final class Rates {
  private static final double SHARE = 1.0 / 3;
  private static final double MEDIAN = 0.5;
  private static final double CALM_MS = 5;
  private static final int HALVINGS_MAX = 3;

  private final Stand stand;
  private final Effort effort;
  private final Map<Integer, Double> byPartitions = new HashMap<>();
  private final Map<Integer, Double> byPartitionsOfClusters = new HashMap<>();

  public Rates(Stand stand, Effort effort) {
    this.stand = stand;
    this.effort = effort;
  }

  /** Records of 1 KiB a second for a topic with so many partitions. */
  public double of(int partitions) {
    return byPartitions.computeIfAbsent(partitions, this::measure);
  }

  /** The same for a cluster of so many nodes, each of which has a copy. */
  public double ofCluster(int nodes, int partitions) {
    return byPartitionsOfClusters.computeIfAbsent(
        partitions, asked -> measureCluster(nodes, asked));
  }

  private double measure(int partitions) {
    try (Node node = stand.ready(Contender.APACHE, Order.plain())) {
      Topics.create(node.bootstrap(), "load", partitions);
      return measure(node.bootstrap(), partitions);
    }
  }

  private double measureCluster(int nodes, int partitions) {
    try (Cluster cluster = stand.cluster(Contender.APACHE, nodes, Order.plain());
        Layout layout = new Layout(cluster.bootstrap())) {
      layout.create("load", partitions, nodes);
      layout.awaitWhole(List.of("load"), nodes);
      return measure(cluster.bootstrap(), partitions);
    }
  }

  private double measure(String bootstrap, int partitions) {
    try (PacedProducer producer = new PacedProducer(bootstrap, "load", partitions, 0)) {
      return calm(producer, producer.saturate(2.0 * effort.seconds()) * SHARE);
    }
  }

  /** Halves a rate until Apache's median latency shows that nothing queues. */
  private double calm(PacedProducer producer, double first) {
    double rate = first;
    for (int i = 0; i < HALVINGS_MAX; i++) {
      if (producer.run(rate, effort.seconds() / 2.0).millisAt(MEDIAN) < CALM_MS) {
        return rate;
      }
      rate /= 2;
    }
    return rate;
  }
}
