package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.TinyProduce;
import dev.millrace.bench.load.Topics;
import java.util.List;

/** Ten thousand partitions in a heap of 1 GB that hold a record each, before and after a kill. */
public final class IdlePartitions implements Scenario {
  private static final int HEAP_MB = 1024;
  private static final int TOPICS = 10;
  private static final double TIMEOUT_SECONDS = 180;

  private static final Figure CREATE = Figure.of("idle partitions: creating them", "s");
  private static final Figure RSS = Figure.of("idle partitions: RSS", "MB");
  private static final Figure CPU = Figure.of("idle partitions: broker CPU", "% of a core");
  private static final Figure START =
      Figure.of("idle partitions: start after kill -9 until all topics accept", "s")
          .goal(Goal.atMost(10, "s"));

  @Override
  public String name() {
    return "idle-partitions";
  }

  @Override
  public String summary() {
    return "10 000 partitions (1 000 with --quick) in a heap of 1 GB, and the start after kill -9";
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
  public void run(Contender contender, Workshop workshop, Sink sink) {
    Effort effort = workshop.effort();
    Order order = Order.plain().heapMb(HEAP_MB);
    try (Node node = workshop.stand().ready(contender, order)) {
      long start = System.nanoTime();
      for (int i = 0; i < TOPICS; i++) {
        Topics.create(node.bootstrap(), "idle-" + i, effort.partitions() / TOPICS);
      }
      acceptEverywhere(node);
      sink.add(CREATE, (System.nanoTime() - start) / 1e9);
      Pause.seconds(3);
      double before = node.usage().cpuSeconds();
      Pause.seconds(effort.idleSeconds());
      sink.add(CPU, 100 * (node.usage().cpuSeconds() - before) / effort.idleSeconds());
      sink.add(RSS, node.usage().status().rssMb());
      node.kill();
      node.startAgain();
      acceptEverywhere(node);
      sink.add(START, node.secondsSinceStart());
    }
  }

  private static void acceptEverywhere(Node node) {
    for (int i = 0; i < TOPICS; i++) {
      TinyProduce.first(node.port(), "idle-" + i, TIMEOUT_SECONDS);
    }
  }
}
