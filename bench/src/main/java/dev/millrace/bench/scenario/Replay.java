package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Topics;
import java.util.List;

/** One and twenty consumers read a partition from its beginning out of the page cache. */
public final class Replay implements Scenario {
  private static final int VALUE_BYTES = 1024;
  private static final int MANY = 20;

  private static final Figure CPU_ONE =
      Figure.of("consume from the page cache, 1 consumer: broker CPU", "s/GB")
          .goal(Goal.atMostTimes(0.6));
  private static final Figure SPEED_ONE =
      Figure.of("consume from the page cache, 1 consumer: throughput", "MB/s")
          .goal(Goal.atLeastTimes(1.3));
  private static final Figure CPU_MANY =
      Figure.of("consume from the page cache, 20 consumers: broker CPU", "s/GB")
          .goal(Goal.atMostTimes(0.4));
  private static final Figure SPEED_MANY =
      Figure.of("consume from the page cache, 20 consumers: throughput", "MB/s")
          .goal(Goal.atLeastTimes(1.3));

  @Override
  public String name() {
    return "consume";
  }

  @Override
  public String summary() {
    return "1 and 20 consumers read 1 KiB records from the beginning, bytes in the page cache";
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
      workshop.rdkafka().consume(node, "load", records / 2, 1);
      measure(node, workshop, records, 1, sink);
      measure(node, workshop, records / 4, MANY, sink);
    }
  }

  private static void measure(
      Node node, Workshop workshop, long records, int consumers, Sink sink) {
    double before = node.usage().cpuSeconds();
    Load load = workshop.rdkafka().consume(node, "load", records, consumers);
    Pause.millis(200);
    double used = node.usage().cpuSeconds() - before;
    sink.add(consumers == 1 ? CPU_ONE : CPU_MANY, used / load.gigabytes());
    sink.add(consumers == 1 ? SPEED_ONE : SPEED_MANY, load.megabytesPerSecond());
  }
}
