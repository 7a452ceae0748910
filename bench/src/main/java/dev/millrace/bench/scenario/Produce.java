package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Topics;

/** Plain records of one size from {@code rdkafka_performance} with acks=all. */
public final class Produce implements Scenario {
  private final String name;
  private final int valueBytes;
  private final Figure cpu;
  private final Figure speed;

  public Produce(String name, int valueBytes, Figure cpu, Figure speed) {
    this.name = name;
    this.valueBytes = valueBytes;
    this.cpu = cpu;
    this.speed = speed;
  }

  public static Produce kilobyte() {
    return new Produce(
        "produce",
        1024,
        Figure.of("produce 1 KiB: broker CPU", "s/GB")
            .goal(Contender.MEMORY, Goal.atMostTimes(0.5))
            .goal(Contender.FSYNC, Goal.atMostTimes(0.7)),
        Figure.of("produce 1 KiB: throughput", "MB/s").goal(Goal.atLeastTimes(1.3)));
  }

  public static Produce small() {
    return new Produce(
        "produce-100",
        100,
        Figure.of("produce 100 B: broker CPU", "s/million").goal(Goal.atMostTimes(0.5)),
        Figure.of("produce 100 B: throughput", "MB/s").goal(Goal.atLeastTimes(1.3)));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return "plain records of " + valueBytes + " B, acks=all, one partition, rdkafka_performance";
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    Effort effort = workshop.effort();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "warm", 1);
      Topics.create(node.bootstrap(), "load", 1);
      workshop.rdkafka().produce(node, "warm", valueBytes, effort.warmUpMb());
      double before = node.usage().cpuSeconds();
      Load load = workshop.rdkafka().produce(node, "load", valueBytes, effort.sizeMb());
      Pause.millis(300);
      double used = node.usage().cpuSeconds() - before;
      boolean byRecord = cpu.unit().endsWith("million");
      sink.add(cpu, used / (byRecord ? load.millionRecords() : load.gigabytes()));
      sink.add(speed, load.megabytesPerSecond());
    }
  }
}
