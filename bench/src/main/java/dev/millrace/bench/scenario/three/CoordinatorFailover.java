package dev.millrace.bench.scenario.three;

import dev.millrace.bench.contender.Cluster;
import dev.millrace.bench.contender.Node;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.CommitBeat;
import dev.millrace.bench.load.Coordinators;
import dev.millrace.bench.load.Layout;
import dev.millrace.bench.load.Probe;
import dev.millrace.bench.load.TransactionBeat;
import dev.millrace.bench.scenario.Workshop;
import java.util.List;
import java.util.stream.IntStream;

/**
 * From kill -9 of a node that coordinates a group and a transactional id, and is not the
 * controller, to the next commit of the group and to the next transaction that is committed.
 */
public final class CoordinatorFailover extends ClusterScenario {
  private static final int PARTITIONS = 12;
  private static final double WARM_SECONDS = 20;
  private static final double TIMEOUT_SECONDS = 60;
  private static final String TOPIC = "probe";

  /** With the topics of the coordinators, which both sides make when they are asked first. */
  private static final List<String> TOPICS =
      List.of(TOPIC, "__consumer_offsets", "__transaction_state");

  private final Steps ofGroup = Steps.until("the next offset commit of a group");
  private final Steps ofTransaction = Steps.until("the next committed transaction");

  private record Steps(Figure middle, Figure slowest) {
    static Steps until(String end) {
      String title = "kill -9 of a coordinator, to " + end;
      return new Steps(
          Figure.of(title + ": p50", "s").goal(Goal.atMostTimes(0.3)),
          Figure.of(title + ": slowest", "s").slowest().goal(Goal.atMost(2, "s")));
    }

    void add(Sink sink, double seconds) {
      sink.add(middle, seconds);
      sink.add(slowest, seconds);
    }
  }

  @Override
  public String name() {
    return "failover-coordinator";
  }

  @Override
  public String summary() {
    return "kill -9 of the coordinator of a group and of a transaction, ten times a round (2 with"
        + " --quick), to the next commit of each";
  }

  @Override
  void measure(Cluster cluster, Layout layout, Workshop workshop, Sink sink) {
    create(layout, TOPIC, PARTITIONS);
    int port = cluster.ports().getFirst();
    for (Node node : cluster.nodes()) {
      Coordinators.groupOf(node.id(), port, WARM_SECONDS);
      Coordinators.transactionOf(node.id(), port, WARM_SECONDS);
    }
    layout.awaitWhole(TOPICS, NODES);
    for (int kill = 0; kill < workshop.effort().kills(); kill++) {
      kill(cluster, layout, sink);
    }
  }

  private void kill(Cluster cluster, Layout layout, Sink sink) {
    int controller = layout.controller();
    Node victim =
        cluster.nodes().stream().filter(node -> node.id() != controller).findFirst().orElseThrow();
    int port = cluster.node(controller).port();
    String group = Coordinators.groupOf(victim.id(), port, WARM_SECONDS);
    String id = Coordinators.transactionOf(victim.id(), port, WARM_SECONDS);
    int partition =
        IntStream.range(0, PARTITIONS)
            .filter(i -> layout.leader(TOPIC, i) != victim.id())
            .findFirst()
            .orElseThrow();
    try (Probe commits = new Probe(cluster.ports(), new CommitBeat(group, TOPIC));
        Probe transactions =
            new Probe(cluster.ports(), new TransactionBeat(id, TOPIC, partition))) {
      commits.awaitAccepted(System.nanoTime(), WARM_SECONDS);
      transactions.awaitAccepted(System.nanoTime(), WARM_SECONDS);
      long killed = System.nanoTime();
      victim.kill();
      long gone = System.nanoTime();
      ofGroup.add(sink, (commits.awaitAccepted(gone, TIMEOUT_SECONDS) - killed) / 1e9);
      ofTransaction.add(sink, (transactions.awaitAccepted(gone, TIMEOUT_SECONDS) - killed) / 1e9);
    }
    victim.startAgain();
    cluster.awaitReady();
    layout.awaitWhole(TOPICS, NODES);
    layout.preferred();
  }
}
