package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Topics;
import dev.millrace.bench.process.ProcStatus;

/** Some GB in and out again, Millrace in a heap of 256 MB; then the resident memory. */
public final class Soak implements Scenario {
  private static final int HEAP_MB = 256;
  private static final int VALUE_BYTES = 1024;
  private static final int PIECES = 5;

  private static final Figure RSS =
      Figure.of("RSS after the soak, Millrace's heap 256 MB", "MB").goal(Goal.atMostTimes(0.4));
  private static final Figure THREADS = Figure.of("threads after the soak", "");
  private static final Figure CPU = Figure.of("broker CPU of the soak, a GB in and out", "s/GB");

  @Override
  public String name() {
    return "soak";
  }

  @Override
  public String summary() {
    return "5 GB in and out (0.5 GB with --quick), then resident memory and threads";
  }

  @Override
  public int roundsMax() {
    return 1;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    Order order = contender == Contender.APACHE ? Order.plain() : Order.plain().heapMb(HEAP_MB);
    int pieceMb = workshop.effort().soakMb() / PIECES;
    try (Node node = workshop.stand().ready(contender, order)) {
      double before = node.usage().cpuSeconds();
      for (int i = 0; i < PIECES; i++) {
        String topic = "soak-" + i;
        Topics.create(node.bootstrap(), topic, 1);
        long records = workshop.rdkafka().produce(node, topic, VALUE_BYTES, pieceMb).records();
        workshop.rdkafka().consume(node, topic, records, 1);
      }
      double used = node.usage().cpuSeconds() - before;
      ProcStatus status = node.usage().status();
      sink.add(RSS, status.rssMb());
      sink.add(THREADS, status.threads());
      sink.add(CPU, used / (workshop.effort().soakMb() / 1000.0));
    }
  }
}
