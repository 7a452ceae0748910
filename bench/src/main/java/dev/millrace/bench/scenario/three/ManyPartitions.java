package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.contender.Node;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.scenario.Workshop;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Thousands of partitions with three copies: made, left alone, led again after a death. */
public final class ManyPartitions extends ClusterScenario {
  private static final int TOPICS = 10;
  private static final double SETTLE_SECONDS = 5;
  private static final double KIB = 1024;

  private static final Figure CREATE = Figure.of("partitions with 3 copies: creating them", "s");
  private static final Figure CREATE_CPU =
      Figure.of("partitions with 3 copies: CPU of all nodes for that", "s");
  private static final Figure SPREAD =
      Figure.of("partitions with 3 copies: most led by a node, against the fewest", "×");
  private static final Figure MEMORY =
      Figure.of("partitions with 3 copies: RSS of all nodes for each", "KiB");
  private static final Figure CPU =
      Figure.of("partitions with 3 copies: CPU of all when idle", "% of a core");
  private static final Figure LED =
      Figure.of("partitions with 3 copies: all led again after a node's kill -9", "s");
  private static final Figure BACK =
      Figure.of("partitions with 3 copies: start of that node until all are in sync", "s");
  private static final Figure DECIDED =
      Figure.of("partitions with 3 copies: kill -9 of the controller to the next new topic", "s");

  @Override
  public String name() {
    return "partitions-3";
  }

  @Override
  public String summary() {
    return "5 000 partitions (500 with --quick) of 3 copies: made, led again, the controller dies";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.FSYNC);
  }

  @Override
  public int roundsMax() {
    return 1;
  }

  @Override
  public boolean sweepsAtOnce() {
    return false;
  }

  @Override
  void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink) {
    int partitions = workshop.effort().partitions() / 2;
    List<String> topics = IntStream.range(0, TOPICS).mapToObj(i -> "many-" + i).toList();
    create(layout, "first", 1);
    Pause.seconds(2);
    double rssBefore = cluster.rssMb();
    double cpuBefore = cluster.cpuSeconds();
    long begin = System.nanoTime();
    topics.forEach(topic -> layout.create(topic, partitions / TOPICS, NODES));
    layout.awaitWhole(topics, NODES);
    sink.add(CREATE, secondsSince(begin));
    sink.add(CREATE_CPU, cluster.cpuSeconds() - cpuBefore);
    Map<Integer, Integer> led = layout.leaderships(topics);
    sink.add(SPREAD, (double) Collections.max(led.values()) / Collections.min(led.values()));
    Pause.seconds(SETTLE_SECONDS);
    double cpu = cluster.cpuSeconds();
    Pause.seconds(workshop.effort().idleSeconds());
    sink.add(CPU, 100 * (cluster.cpuSeconds() - cpu) / workshop.effort().idleSeconds());
    sink.add(MEMORY, (cluster.rssMb() - rssBefore) * KIB / partitions);
    node(cluster, layout, topics, sink);
    controller(cluster, layout, sink);
  }

  private static void node(Cluster cluster, Layout layout, List<String> topics, Sink sink) {
    int controller = layout.controller();
    Node victim =
        cluster.nodes().stream().filter(node -> node.id() != controller).findFirst().orElseThrow();
    long killed = System.nanoTime();
    victim.kill();
    layout.awaitLedWithout(topics, victim.id());
    sink.add(LED, secondsSince(killed));
    victim.startAgain();
    cluster.awaitReady();
    layout.awaitWhole(topics, NODES);
    sink.add(BACK, victim.secondsSinceStart());
  }

  private static void controller(Cluster cluster, Layout layout, Sink sink) {
    Node victim = cluster.node(layout.controller());
    long killed = System.nanoTime();
    victim.kill();
    layout.create("after", 1, NODES - 1);
    sink.add(DECIDED, secondsSince(killed));
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
