package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Topics;

/**
 * Compressed batches of event texts from Apache's perf test; a GB is counted before compression.
 */
public final class Compressed implements Scenario {
  private final String codec;
  private final Figure cpu;
  private final Figure speed;

  public Compressed(String codec) {
    this.codec = codec;
    this.cpu =
        Figure.of("produce 1 KiB, " + codec + ": broker CPU", "s/GB").goal(Goal.atMostTimes(0.5));
    this.speed =
        Figure.of("produce 1 KiB, " + codec + ": throughput", "MB/s").goal(Goal.atLeastTimes(1.3));
  }

  @Override
  public String name() {
    return "produce-" + codec;
  }

  @Override
  public String summary() {
    return "records of 1 KiB in " + codec + " batches, acks=all, kafka-producer-perf-test";
  }

  /** The client's own compression is most of the time. */
  @Override
  public int roundsMax() {
    return 2;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    Effort effort = workshop.effort();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "warm", 1);
      Topics.create(node.bootstrap(), "load", 1);
      workshop.perfTest().produce(node, "warm", codec, effort.warmUpMb());
      double before = node.usage().cpuSeconds();
      Load load = workshop.perfTest().produce(node, "load", codec, effort.sizeMb() / 2);
      Pause.millis(300);
      sink.add(cpu, (node.usage().cpuSeconds() - before) / load.gigabytes());
      sink.add(speed, load.megabytesPerSecond());
    }
  }
}
