package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.figure.LatencyHistogram;
import dev.millrace.bench.load.PacedProducer;
import dev.millrace.bench.load.TailReader;
import dev.millrace.bench.load.Topics;
import java.util.EnumMap;
import java.util.Map;

/**
 * Produce and end-to-end latency of 1 KiB records at a third of Apache's saturating rate, by
 * Apache's Java clients with {@code linger.ms=0}, counted from when a record was due.
 */
public final class Latency implements Scenario {
  private static final int LINGER_MS = 0;

  private final int partitions;
  private final Figure rate;
  private final Map<Share, Figure> produce = new EnumMap<>(Share.class);
  private final Map<Share, Figure> endToEnd = new EnumMap<>(Share.class);

  public Latency(int partitions) {
    this.partitions = partitions;
    String where = partitions == 1 ? "1 partition" : partitions + " partitions";
    this.rate = Figure.of("rate of the latencies, " + where, "records/s");
    for (Share share : Share.values()) {
      produce.put(share, share.figure("produce latency, " + where));
      endToEnd.put(share, share.figure("end-to-end latency, " + where));
    }
  }

  @Override
  public String name() {
    return "latency-" + partitions;
  }

  @Override
  public String summary() {
    return "produce and end-to-end latency at a third of Apache's rate, partitions=" + partitions;
  }

  @Override
  public int roundsMax() {
    return partitions == 1 ? Integer.MAX_VALUE : 2;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    double perSecond = workshop.rates().of(partitions);
    double seconds = workshop.effort().seconds();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "load", partitions);
      try (TailReader reader = new TailReader(node.bootstrap(), "load", partitions);
          PacedProducer producer =
              new PacedProducer(node.bootstrap(), "load", partitions, LINGER_MS)) {
        reader.take(producer.run(perSecond, seconds / 2).count());
        LatencyHistogram produced = producer.run(perSecond, seconds);
        LatencyHistogram arrived = reader.take(produced.count());
        sink.add(rate, perSecond);
        produce.forEach((share, figure) -> sink.add(figure, produced.millisAt(share.share)));
        endToEnd.forEach((share, figure) -> sink.add(figure, arrived.millisAt(share.share)));
      }
    }
  }

  /** The shares of records whose latency is told. */
  private enum Share {
    P50(0.5, "p50"),
    P99(0.99, "p99"),
    P999(0.999, "p99.9");

    private final double share;
    private final String title;

    Share(double share, String title) {
      this.share = share;
      this.title = title;
    }

    /** Goals are set for p99: against Apache for the same promise, in milliseconds with fsync. */
    private Figure figure(String what) {
      Figure figure = Figure.of(what + ", " + title, "ms");
      return this == P99
          ? figure
              .goal(Contender.MEMORY, Goal.atMostTimes(0.5))
              .goal(Contender.FSYNC, Goal.atMost(5, "ms"))
          : figure;
    }
  }
}
