package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Topics;
import dev.millrace.bench.load.TransactionLoad;

/** Small transactions, one after the other, by several producers. */
public final class Transactions implements Scenario {
  private static final int PARTITIONS = 4;
  private static final String TITLE = "transactions of 100 records of 1 KiB";

  private final Figure speed =
      Figure.of(TITLE + ": throughput", "MB/s").goal(Contender.MEMORY, Goal.atLeastTimes(1.5));
  private final Figure cpu = Figure.of(TITLE + ": broker CPU", "s/GB").goal(Goal.atMostTimes(0.5));

  @Override
  public String name() {
    return "transactions";
  }

  @Override
  public String summary() {
    return "transactions of 100 records of 1 KiB by 4 of Apache's Java producers";
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    double seconds = workshop.effort().seconds();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "load", PARTITIONS);
      TransactionLoad.run(node.bootstrap(), "load", seconds);
      double before = node.usage().cpuSeconds();
      Load load = TransactionLoad.run(node.bootstrap(), "load", seconds);
      sink.add(speed, load.megabytesPerSecond());
      sink.add(cpu, (node.usage().cpuSeconds() - before) / load.gigabytes());
    }
  }
}
