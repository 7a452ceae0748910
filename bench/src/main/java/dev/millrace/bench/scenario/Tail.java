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
 * Consumers that follow a producer of 20 MB/s. What the broker spends on the producer is told with
 * them: all of it with one consumer, a twentieth with twenty.
 */
public final class Tail implements Scenario {
  private static final int RECORDS_PER_SECOND = 20_000;
  private static final int LINGER_MS = 5;
  private static final int VALUE_BYTES = 1024;
  private static final int WARM = 5;
  private static final int MANY = 20;

  private static final Figure ONE =
      Figure.of("produce 20 MB/s and follow, 1 consumer: broker CPU", "s/GB out")
          .goal(Goal.atMostTimes(0.6));
  private static final Figure ALL =
      Figure.of("produce 20 MB/s and follow, 20 consumers: broker CPU", "s/GB out")
          .goal(Goal.atMostTimes(0.4));

  @Override
  public String name() {
    return "consume-tail";
  }

  @Override
  public String summary() {
    return "1 and 20 consumers follow a producer of 20 MB/s; broker CPU for both sides";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.MEMORY);
  }

  @Override
  public int roundsMax() {
    return 2;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      warmUp(node, workshop);
      sink.add(ONE, follow(node, workshop, "one", 1));
      sink.add(ALL, follow(node, workshop, "many", MANY));
    }
  }

  /** The same before, so that less is compiled on the way. */
  private static void warmUp(Node node, Workshop workshop) {
    Topics.create(node.bootstrap(), "hot", 1);
    int sizeMb = workshop.effort().warmUpMb();
    long records = workshop.rdkafka().produce(node, "hot", VALUE_BYTES, sizeMb).records();
    workshop.rdkafka().consume(node, "hot", records, 1);
    follow(node, workshop, "warm", WARM);
  }

  /** Broker CPU seconds for a GB that consumers got. */
  private static double follow(Node node, Workshop workshop, String topic, int consumers) {
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
      return (node.usage().cpuSeconds() - before) / load.gigabytes();
    }
  }
}
