package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.figure.LatencyHistogram;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.PacedProducer;
import dev.millrace.bench.load.TailReader;
import dev.millrace.bench.scenario.Workshop;

/** Produce and end-to-end latency with three copies at a third of what Apache's cluster takes. */
public final class ReplicatedLatency extends ClusterScenario {
  private static final int PARTITIONS = 6;

  private static final Figure RATE = Figure.of("rate of the latencies, 3 copies", "records/s");
  private static final Figure MIDDLE = Figure.of("produce latency, 3 copies, p50", "ms");
  private static final Figure TAIL =
      Figure.of("produce latency, 3 copies, p99", "ms").goal(Goal.atMostTimes(0.5));
  private static final Figure ARRIVED_MIDDLE = Figure.of("end-to-end latency, 3 copies, p50", "ms");
  private static final Figure ARRIVED_TAIL =
      Figure.of("end-to-end latency, 3 copies, p99", "ms").goal(Goal.atMostTimes(0.5));
  private static final Figure CPU = Figure.of("CPU of all brokers at that rate", "% of a core");

  @Override
  public String name() {
    return "latency-3";
  }

  @Override
  public String summary() {
    return "produce and end-to-end latency with 3 copies at a third of Apache's rate";
  }

  @Override
  void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink) {
    double perSecond = workshop.rates().ofCluster(NODES, PARTITIONS);
    double seconds = workshop.effort().seconds();
    create(layout, "load", PARTITIONS);
    try (TailReader reader = new TailReader(cluster.bootstrap(), "load", PARTITIONS);
        PacedProducer producer = new PacedProducer(cluster.bootstrap(), "load", PARTITIONS, 0)) {
      reader.take(producer.run(perSecond, seconds).count());
      double before = cluster.cpuSeconds();
      LatencyHistogram produced = producer.run(perSecond, seconds);
      LatencyHistogram arrived = reader.take(produced.count());
      sink.add(RATE, perSecond);
      sink.add(MIDDLE, produced.millisAt(0.5));
      sink.add(TAIL, produced.millisAt(0.99));
      sink.add(ARRIVED_MIDDLE, arrived.millisAt(0.5));
      sink.add(ARRIVED_TAIL, arrived.millisAt(0.99));
      sink.add(CPU, 100 * (cluster.cpuSeconds() - before) / seconds);
    }
  }
}
