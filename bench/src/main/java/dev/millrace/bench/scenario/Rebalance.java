package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Members;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Topics;
import java.util.List;

/**
 * A group over many partitions loses a member: how long until the others have all of them. Counted
 * from when the member begins to close, so the client's own intervals are in it, for everybody.
 */
public final class Rebalance implements Scenario {
  private static final int MEMBERS = 10;
  private static final int PARTITIONS = 1000;

  /**
   * How long it rests before each departure. Heartbeats of members that settled together come
   * together: these are spread over the intervals of 3 s and 5 s that clients keep.
   */
  private static final List<Long> RESTS_MS = List.of(6_400L, 8_300L, 10_000L, 7_500L, 9_200L);

  private final String protocol;
  private final Figure settled;
  private final Figure worst;

  /** For one of {@code classic} and {@code consumer}. */
  public Rebalance(String protocol) {
    this.protocol = protocol;
    String title = "a member of 10 leaves 1000 partitions, " + protocol + " protocol";
    this.settled = Figure.of(title + ": settled after", "s").goal(Goal.atMostTimes(0.3));
    this.worst = Figure.of(title + ": slowest", "s").goal(Goal.atMost(1, "s"));
  }

  @Override
  public String name() {
    return "rebalance-" + protocol;
  }

  @Override
  public String summary() {
    return "one of 10 members leaves a group over 1000 partitions, group.protocol=" + protocol;
  }

  @Override
  public int roundsMax() {
    return 2;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      Topics.create(node.bootstrap(), "load", PARTITIONS);
      try (Members members = new Members(node.bootstrap(), protocol, "load")) {
        for (int i = 0; i < MEMBERS; i++) {
          members.add();
        }
        double slowest = 0;
        for (long restMs : RESTS_MS) {
          members.awaitSettled(PARTITIONS);
          Pause.millis(restMs);
          long left = members.leave();
          double seconds = (members.awaitSettled(PARTITIONS) - left) / 1e9;
          sink.add(settled, seconds);
          slowest = Math.max(slowest, seconds);
          members.add();
        }
        sink.add(worst, slowest);
      }
    }
  }
}
