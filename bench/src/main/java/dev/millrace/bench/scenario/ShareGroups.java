package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.ShareLoad;
import dev.millrace.bench.load.Topics;

/** A share group reads a topic and accepts every record (KIP-932). */
public final class ShareGroups implements Scenario {
  private static final int PARTITIONS = 4;
  private static final int VALUE_BYTES = 1024;
  private static final String TITLE = "share group, 1 KiB";

  private final Figure speed =
      Figure.of(TITLE + ": throughput", "MB/s").goal(Contender.MEMORY, Goal.atLeastTimes(1));
  private final Figure cpu = Figure.of(TITLE + ": broker CPU", "s/GB").goal(Goal.atMostTimes(0.5));

  @Override
  public String name() {
    return "share";
  }

  @Override
  public String summary() {
    return "4 of Apache's Java share consumers read and accept records of 1 KiB";
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    Effort effort = workshop.effort();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      read(node, workshop, "warm", effort.warmUpMb() / 2);
      double before = node.usage().cpuSeconds();
      double produced = produce(node, workshop, "load", effort.sizeMb() / 2) - before;
      before += produced;
      Load load = consume(node, "load", effort.sizeMb() / 2);
      sink.add(speed, load.megabytesPerSecond());
      sink.add(cpu, (node.usage().cpuSeconds() - before) / load.gigabytes());
    }
  }

  private static void read(Node node, Workshop workshop, String topic, int megabytes) {
    produce(node, workshop, topic, megabytes);
    consume(node, topic, megabytes);
  }

  /** Returns the broker's CPU seconds when it is done. */
  private static double produce(Node node, Workshop workshop, String topic, int megabytes) {
    Topics.create(node.bootstrap(), topic, PARTITIONS);
    workshop.rdkafka().produce(node, topic, VALUE_BYTES, megabytes);
    return node.usage().cpuSeconds();
  }

  private static Load consume(Node node, String topic, int megabytes) {
    String group = "group-" + topic;
    ShareLoad.fromTheStart(node.bootstrap(), group);
    return ShareLoad.read(node.bootstrap(), group, topic, megabytes * 1_000_000L / VALUE_BYTES);
  }
}
