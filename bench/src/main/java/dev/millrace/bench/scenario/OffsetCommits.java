package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.CommitLoad;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Topics;

/** Commits of offsets by several groups, one commit of a group at a time. */
public final class OffsetCommits implements Scenario {
  private static final int PARTITIONS = 10;
  private static final String TITLE = "offset commits of 10 partitions";

  private final Figure speed =
      Figure.of(TITLE + ": rate", "commits/s").goal(Contender.MEMORY, Goal.atLeastTimes(1));
  private final Figure cpu =
      Figure.of(TITLE + ": broker CPU", "s/million").goal(Goal.atMostTimes(0.5));

  @Override
  public String name() {
    return "offset-commits";
  }

  @Override
  public String summary() {
    return "commits of 10 partitions by 8 of Apache's Java consumers, a group each";
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    double seconds = workshop.effort().seconds();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "load", PARTITIONS);
      CommitLoad.run(node.bootstrap(), "load", PARTITIONS, seconds);
      double before = node.usage().cpuSeconds();
      Load load = CommitLoad.run(node.bootstrap(), "load", PARTITIONS, seconds);
      sink.add(speed, load.records() / load.wallSeconds());
      sink.add(cpu, (node.usage().cpuSeconds() - before) / load.millionRecords());
    }
  }
}
