package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.TinyProduce;
import dev.millrace.bench.process.ProcStatus;
import java.util.List;

/** A fresh directory until the first accepted produce; then what an idle node holds. */
public final class Start implements Scenario {
  private static final double TIMEOUT_SECONDS = 120;

  private static final Figure START =
      Figure.of("start to first accepted produce", "s")
          .goal(Contender.FSYNC, Goal.atMostTimes(0.4))
          .goal(Contender.PACKAGED, Goal.atMostTimes(0.2));
  private static final Figure WITH_FORMAT =
      Figure.of("the same with the format step in front", "s");
  private static final Figure RSS = Figure.of("idle RSS", "MB").goal(Goal.atMostTimes(0.35));
  private static final Figure THREADS =
      Figure.of("threads when idle", "").goal(Goal.atMost(24, ""));
  private static final Figure IDLE_CPU = Figure.of("CPU when idle", "% of a core");

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String summary() {
    return "start of a fresh directory to the first accepted produce; RSS, threads and CPU when idle";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.FSYNC, Contender.PACKAGED);
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    long asked = System.nanoTime();
    try (Node node = workshop.stand().start(contender, Order.plain())) {
      TinyProduce.first(node.port(), "first", TIMEOUT_SECONDS);
      sink.add(START, node.secondsSinceStart());
      sink.add(WITH_FORMAT, (System.nanoTime() - asked) / 1e9);
      Pause.seconds(2);
      double before = node.usage().cpuSeconds();
      Pause.seconds(workshop.effort().idleSeconds());
      double cpu = node.usage().cpuSeconds() - before;
      ProcStatus status = node.usage().status();
      sink.add(RSS, status.rssMb());
      sink.add(THREADS, status.threads());
      sink.add(IDLE_CPU, 100 * cpu / workshop.effort().idleSeconds());
    }
  }
}
