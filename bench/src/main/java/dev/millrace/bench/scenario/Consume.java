package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.PageCache;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Topics;
import java.util.List;

/**
 * One and twenty consumers read a partition from its beginning, from the page cache or the disk.
 */
public final class Consume implements Scenario {
  private static final int VALUE_BYTES = 1024;
  private static final int MANY = 20;

  private final boolean cold;
  private final Figures one;
  private final Figures many;

  private Consume(boolean cold) {
    this.cold = cold;
    this.one = figures("1 consumer", 0.6);
    this.many = figures(MANY + " consumers", 0.4);
  }

  /** The bytes were written a moment ago. */
  public static Consume cached() {
    return new Consume(false);
  }

  /** The bytes are on disk only. */
  public static Consume cold() {
    return new Consume(true);
  }

  @Override
  public String name() {
    return cold ? "consume-cold" : "consume";
  }

  @Override
  public String summary() {
    return "1 and 20 consumers read 1 KiB records from the beginning, "
        + (cold ? "bytes on disk only" : "bytes in the page cache");
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.MEMORY);
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    int sizeMb = workshop.effort().sizeMb();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "load", 1);
      long records = workshop.rdkafka().produce(node, "load", VALUE_BYTES, sizeMb).records();
      workshop.rdkafka().consume(node, "load", records, 1);
      measure(node, workshop, records, 1, sink);
      measure(node, workshop, records / 4, MANY, sink);
    }
  }

  private void measure(Node node, Workshop workshop, long records, int consumers, Sink sink) {
    if (cold) {
      PageCache.drop(workshop.stand(), node, "load");
    }
    double before = node.usage().cpuSeconds();
    Load load = workshop.rdkafka().consume(node, "load", records, consumers);
    Pause.millis(200);
    double used = node.usage().cpuSeconds() - before;
    Figures figures = consumers == 1 ? one : many;
    sink.add(figures.cpu, used / load.gigabytes());
    sink.add(figures.speed, load.megabytesPerSecond());
  }

  private Figures figures(String who, double cpuGoal) {
    String what = "consume, " + (cold ? "cold, " : "page cache, ") + who;
    return new Figures(
        Figure.of(what + ": broker CPU", "s/GB").goal(Goal.atMostTimes(cpuGoal)),
        Figure.of(what + ": throughput", "MB/s").goal(Goal.atLeastTimes(1.3)));
  }

  private record Figures(Figure cpu, Figure speed) {}
}
