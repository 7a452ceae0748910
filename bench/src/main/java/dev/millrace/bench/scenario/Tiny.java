package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.RoundTrips;
import dev.millrace.bench.load.Topics;

/** One tiny request at a time. */
public final class Tiny implements Scenario {
  private static final Figure SOCKET =
      Figure.of("round trips of 100 B, one in flight, plain socket", "1/s")
          .goal(Contender.MEMORY, Goal.atLeastTimes(2));
  private static final Figure SOCKET_CPU =
      Figure.of("round trips of 100 B, plain socket: broker CPU", "µs each");
  private static final Figure PRODUCER =
      Figure.of("round trips of 100 B, one in flight, Java producer", "1/s")
          .goal(Contender.MEMORY, Goal.atLeastTimes(2));

  @Override
  public String name() {
    return "tiny";
  }

  @Override
  public String summary() {
    return "100 B with acks=all, one in flight: round trips a second";
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    double seconds = workshop.effort().seconds() / 2.0;
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "tiny", 1);
      RoundTrips.overSocket(node.port(), "tiny", seconds);
      double before = node.usage().cpuSeconds();
      double trips = RoundTrips.overSocket(node.port(), "tiny", seconds);
      double used = node.usage().cpuSeconds() - before;
      sink.add(SOCKET, trips);
      sink.add(SOCKET_CPU, 1e6 * used / (trips * seconds));
      sink.add(PRODUCER, RoundTrips.byProducer(node.bootstrap(), "tiny", seconds));
    }
  }
}
