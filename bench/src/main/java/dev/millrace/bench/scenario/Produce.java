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
  private static final int KILOBYTE = 1024;

  /** Small records take the client longer: it sends one of so many parts. */
  private static final int SMALL_PART = 2;

  private final String name;
  private final int valueBytes;
  private final boolean byRecord;
  private final Figure cpu;
  private final Figure speed;

  private Produce(String name, int valueBytes, Figure cpu, Figure speed) {
    this.name = name;
    this.valueBytes = valueBytes;
    this.byRecord = valueBytes < KILOBYTE;
    this.cpu = cpu;
    this.speed = speed;
  }

  public static Produce kilobyte() {
    return new Produce(
        "produce",
        KILOBYTE,
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
    int part = byRecord ? SMALL_PART : 1;
    int sizeMb = workshop.effort().sizeMb() / part;
    int warmUpMb = workshop.effort().warmUpMb() / part;
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "warm", 1);
      Topics.create(node.bootstrap(), "load", 1);
      workshop.rdkafka().produce(node, "warm", valueBytes, warmUpMb);
      double before = node.usage().cpuSeconds();
      Load load = workshop.rdkafka().produce(node, "load", valueBytes, sizeMb);
      Pause.millis(300);
      double used = node.usage().cpuSeconds() - before;
      sink.add(cpu, used / (byRecord ? load.millionRecords() : load.gigabytes()));
      sink.add(speed, load.megabytesPerSecond());
    }
  }
}
