package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.figure.LatencyHistogram;
import dev.millrace.bench.load.ColdReads;
import dev.millrace.bench.load.PacedProducer;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Topics;

/** A producer at a fixed rate, first alone, then beside consumers that read old bytes from disk. */
public final class ColdReader implements Scenario {
  private static final int VALUE_BYTES = 1024;
  private static final double P99 = 0.99;

  private static final Figure ALONE = Figure.of("producer alone: p99", "ms");
  private static final Figure BESIDE = Figure.of("producer beside a cold reader: p99", "ms");
  private static final Figure FACTOR =
      Figure.of("producer's p99 beside a cold reader, against alone", "×")
          .goal(Goal.atMost(2, "×"));

  @Override
  public String name() {
    return "cold-reader";
  }

  @Override
  public String summary() {
    return "the producer's p99 alone and beside a cold reader at full speed";
  }

  @Override
  public int roundsMax() {
    return 2;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    double perSecond = workshop.rates().of(1);
    double seconds = workshop.effort().seconds();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "old", 1);
      Topics.create(node.bootstrap(), "live", 1);
      long records =
          workshop
              .rdkafka()
              .produce(node, "old", VALUE_BYTES, workshop.effort().sizeMb())
              .records();
      try (PacedProducer producer = new PacedProducer(node.bootstrap(), "live", 1, 0)) {
        producer.run(perSecond, seconds / 2);
        double alone = producer.run(perSecond, seconds).millisAt(P99);
        double beside = beside(node, workshop, producer, records).millisAt(P99);
        sink.add(ALONE, alone);
        sink.add(BESIDE, beside);
        sink.add(FACTOR, beside / alone);
      }
    }
  }

  private static LatencyHistogram beside(
      Node node, Workshop workshop, PacedProducer producer, long records) {
    double perSecond = workshop.rates().of(1);
    try (ColdReads _ = new ColdReads(workshop.stand(), workshop.rdkafka(), node, "old", records)) {
      Pause.millis(300);
      return producer.run(perSecond, workshop.effort().seconds());
    }
  }
}
