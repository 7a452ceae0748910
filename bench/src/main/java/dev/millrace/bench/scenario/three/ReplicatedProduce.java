package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.scenario.Workshop;

/** Plain records of 1 KiB to a topic with three copies. */
public final class ReplicatedProduce extends ClusterScenario {
  private static final int PARTITIONS = 6;
  private static final int VALUE_BYTES = 1024;

  private static final Figure CPU =
      Figure.of("produce 1 KiB, 3 copies: CPU of all brokers", "s/GB").goal(Goal.atMostTimes(0.5));
  private static final Figure SPEED = Figure.of("produce 1 KiB, 3 copies: throughput", "MB/s");

  @Override
  public String name() {
    return "produce-3";
  }

  @Override
  public String summary() {
    return "1 KiB, 3 copies, acks=all, min.insync.replicas=2, 6 partitions, rdkafka_performance";
  }

  @Override
  void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink) {
    create(layout, "warm", PARTITIONS);
    create(layout, "load", PARTITIONS);
    workshop.rdkafka().produce(cluster, "warm", VALUE_BYTES, workshop.effort().warmUpMb());
    Pause.millis(300);
    double before = cluster.cpuSeconds();
    Load load =
        workshop.rdkafka().produce(cluster, "load", VALUE_BYTES, workshop.effort().sizeMb());
    Pause.millis(300);
    sink.add(CPU, (cluster.cpuSeconds() - before) / load.gigabytes());
    sink.add(SPEED, load.megabytesPerSecond());
  }
}
