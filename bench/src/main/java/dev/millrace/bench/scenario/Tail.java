package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.PacedProducer;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Readers;
import dev.millrace.bench.load.Topics;
import java.util.List;

/**
 * Consumers that follow a producer of 20 MB/s. What the broker spends on the producer alone is
 * measured first and taken off, so that the rest is the price of the consumers.
 */
public final class Tail implements Scenario {
  private static final int RECORDS_PER_SECOND = 20_000;
  private static final int LINGER_MS = 5;
  private static final int VALUE_BYTES = 1024;
  private static final int WARM = 5;
  private static final int MANY = 20;

  private static final Figure ONE =
      Figure.of("consume, tail of 20 MB/s, 1 consumer: broker CPU", "s/GB")
          .goal(Goal.atMostTimes(0.6));
  private static final Figure ALL =
      Figure.of("consume, tail of 20 MB/s, 20 consumers: broker CPU", "s/GB")
          .goal(Goal.atMostTimes(0.4));

  @Override
  public String name() {
    return "consume-tail";
  }

  @Override
  public String summary() {
    return "1 and 20 consumers follow a producer of 20 MB/s; the producer's share is taken off";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.MEMORY);
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      warmUp(node, workshop);
      double alone = follow(node, workshop, "alone", 0).cpu;
      Used one = follow(node, workshop, "one", 1);
      sink.add(ONE, (one.cpu - alone) / one.gigabytes);
      Used many = follow(node, workshop, "many", MANY);
      sink.add(ALL, (many.cpu - alone) / many.gigabytes);
    }
  }

  /** Much more of the same, so that what is compiled on the way is not told as a consumer's. */
  private static void warmUp(Node node, Workshop workshop) {
    Topics.create(node.bootstrap(), "hot", 1);
    int sizeMb = workshop.effort().warmUpMb();
    long records = workshop.rdkafka().produce(node, "hot", VALUE_BYTES, sizeMb).records();
    workshop.rdkafka().consume(node, "hot", records, 1);
    follow(node, workshop, "warm", WARM);
  }

  private static Used follow(Node node, Workshop workshop, String topic, int consumers) {
    double seconds = workshop.effort().seconds();
    Topics.create(node.bootstrap(), topic, 1);
    try (PacedProducer producer = new PacedProducer(node.bootstrap(), topic, 1, LINGER_MS)) {
      Readers readers =
          workshop
              .rdkafka()
              .startConsumers(node, topic, (long) (RECORDS_PER_SECOND * seconds), consumers);
      Pause.seconds(1.5);
      double before = node.usage().cpuSeconds();
      producer.run(RECORDS_PER_SECOND, seconds);
      Load load = readers.await();
      return new Used(node.usage().cpuSeconds() - before, load.gigabytes());
    }
  }

  private record Used(double cpu, double gigabytes) {}
}
