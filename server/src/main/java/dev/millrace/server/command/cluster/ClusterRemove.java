package dev.millrace.server.command.cluster;

import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.Nodes;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.UnregisterBrokerRequest;
import dev.millrace.wire.message.UnregisterBrokerResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace cluster remove NODE}. */
@Command(
    name = "remove",
    description =
        "Take a node out of the cluster for good: drain it, take its vote away when it has one,"
            + " wait until it is stopped, forget it.")
final class ClusterRemove extends Connected {
  /** So long a node must not be seen: one whose vote was taken away comes back as a broker. */
  private static final long GONE_MS = 3_000;

  @Parameters(paramLabel = "NODE", description = "Id of the node; it may be dead already.")
  private int node;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Longest wait; 0, the default, waits as long as it takes.")
  private int timeoutSeconds;

  /** When it was seen last; who has not been seen yet may be on its way back. */
  private long thereMs;

  private boolean isSeen;

  @Override
  protected void run(Cluster cluster) {
    try (Stop _ =
        whenStopped(() ->
            say(
                "stopped, node "
                    + node
                    + " is still a part of the cluster; the same command goes on from there"))) {
      remove(cluster);
    }
  }

  private void remove(Cluster cluster) {
    boolean votes = votes(cluster);
    Patience patience = new Patience(timeoutSeconds);
    if (!votes || isBroker(cluster)) {
      drain(cluster, patience);
    }
    if (votes) {
      new Nodes(cluster).removeVoter(node);
      say("node " + node + " does not vote on the metadata any more");
    }
    thereMs = patience.elapsedMs();
    if (!patience.until(() -> isForgotten(cluster, patience))) {
      throw UserException.failed(
          "node " + node + " still runs: stop it and repeat the command, it is empty");
    }
    out().println("node " + node + " is no longer part of the cluster");
  }

  private void drain(Cluster cluster, Patience patience) {
    Draining draining = new Draining(cluster, node, this::say);
    draining.begin();
    if (!draining.await(patience)) {
      throw UserException.failed(
          "node " + node + " is not empty yet; the same command goes on from there");
    }
  }

  /** Whether it serves or has copies; a voter that is dead, or no broker, may do neither. */
  private boolean isBroker(Cluster cluster) {
    ClusterView view = cluster.learnAll();
    return view.nodes().containsKey(node)
        || view.topics().values().stream()
            .flatMap(topic -> topic.partitions().stream())
            .anyMatch(one -> one.replicas().contains(node));
  }

  /** Whether the node votes on the metadata; the last vote cannot be given up. */
  private boolean votes(Cluster cluster) {
    List<Integer> voters =
        new Nodes(cluster)
            .quorum().replicas().stream()
                .filter(Nodes.Replica::isVoter)
                .map(Nodes.Replica::node)
                .toList();
    if (voters.equals(List.of(node))) {
      throw UserException.failed(
          "node "
              + node
              + " is the only one that votes on the cluster's metadata: let another one vote first"
              + " (millrace cluster add-voter), or only drain it: millrace cluster drain "
              + node);
    }
    return voters.contains(node);
  }

  private boolean isForgotten(Cluster cluster, Patience patience) {
    look(cluster, patience);
    return patience.elapsedMs() - thereMs >= GONE_MS && forget(cluster);
  }

  /** Whether it runs; who stops it is told once that it may. */
  private void look(Cluster cluster, Patience patience) {
    if (cluster.learnAll().nodes().containsKey(node)) {
      thereMs = patience.elapsedMs();
      if (!isSeen) {
        say("node " + node + " is empty: stop it now, this waits for that");
      }
      isSeen = true;
    }
  }

  private boolean forget(Cluster cluster) {
    UnregisterBrokerResponse answer =
        cluster.call(new UnregisterBrokerRequest(node), UnregisterBrokerResponse::read);
    ErrorCode error = ErrorCode.of(answer.errorCode());
    if (error == ErrorCode.NONE || error == ErrorCode.BROKER_ID_NOT_REGISTERED) {
      return true;
    }
    if (error == ErrorCode.INVALID_REQUEST) {
      return false; // it runs, or was heard of a moment ago
    }
    throw ClientException.answered(
        answer.errorCode(), "remove node " + node, answer.errorMessage());
  }
}
