package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.Configs;
import dev.millrace.client.Nodes;
import dev.millrace.client.Replication;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.server.command.terminal.UserException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Empties a node: asks the controller for it, which does the work, and looks how far it is. */
final class Draining {
  private static final long STILL_MS = 30_000;

  /** A setting that no other make has. */
  private static final String MARK = "millrace.balancer.enable";

  private final Cluster cluster;
  private final int node;
  private final Consumer<String> say;
  private int copiesLeft = Integer.MAX_VALUE;
  private long progressMs;

  /**
   * @param say hears of progress
   */
  Draining(Cluster cluster, int node, Consumer<String> say) {
    this.cluster = cluster;
    this.node = node;
    this.say = say;
  }

  /**
   * Asks for it.
   *
   * @throws UserException when the copies would have no place, saying why; nothing is changed then
   */
  void begin() {
    ClusterState _ = checked();
    wish(cluster, node, BrokerWish.DRAIN);
  }

  /**
   * What would move.
   *
   * @throws UserException as {@link #begin}
   */
  ShownPlan plan() {
    ClusterState state = checked();
    Set<Integer> emptied = new TreeSet<>(BrokerWish.DRAIN.brokers(state.image()));
    emptied.add(node);
    return ShownPlan.of(state, ShownPlan.all().draining(emptied).onlyDraining());
  }

  private ClusterState checked() {
    checkPlacement(cluster);
    ClusterState state = ClusterState.of(cluster);
    check(state);
    return state;
  }

  /**
   * Apache's clusters take the wish, as any name, and nothing comes of it.
   *
   * @throws UserException when the cluster is not one that moves copies by itself
   */
  static void checkPlacement(Cluster cluster) {
    for (int any : cluster.learn(List.of()).nodes().keySet()) {
      boolean isOurs =
          new Configs(cluster)
              .describe(Configs.Kind.BROKER, Integer.toString(any)).stream()
                  .anyMatch(entry -> entry.name().equals(MARK));
      if (!isOurs) {
        throw UserException.failed(
            "nodes of this cluster do not move copies by themselves, only Millrace's do; millrace"
                + " cluster balance works with any, and Apache's kafka-reassign-partitions");
      }
      return;
    }
  }

  private void check(ClusterState state) {
    List<ClusterView.Partition> mine = state.on(node);
    if (mine.isEmpty() && !new Nodes(cluster).registered().contains(node)) {
      throw UserException.failed(
          "there is no node "
              + node
              + ", and no partition has a copy on it; millrace cluster describe shows the nodes");
    }
    Set<Integer> left = new TreeSet<>(state.view().nodes().keySet());
    left.remove(node);
    left.removeAll(BrokerWish.DRAIN.brokers(state.image()));
    for (ClusterView.Topic topic : state.view().topics().values()) {
      for (ClusterView.Partition one : topic.partitions()) {
        if (one.replicas().contains(node)) {
          check(topic.name() + "-" + one.index(), one, left);
        }
      }
    }
  }

  private void check(String name, ClusterView.Partition one, Set<Integer> left) {
    if (one.leader() < 0) {
      throw UserException.failed(
          "node "
              + node
              + " cannot be drained: "
              + name
              + " has no leader to copy from; start the nodes that have it, replicas="
              + one.replicas());
    }
    int copies = new HashSet<>(one.replicas()).size();
    if (copies > left.size()) {
      throw UserException.failed(
          "node "
              + node
              + " cannot be drained: "
              + name
              + " has "
              + copies
              + " copies and "
              + left.size()
              + " other nodes could have them; start another node first, or give the topic fewer"
              + " copies");
    }
  }

  /** Asks for something else, or nothing, of a node. */
  static void wish(Cluster cluster, int node, BrokerWish wish) {
    String name = Integer.toString(node);
    if (wish == BrokerWish.NORMAL) {
      new Configs(cluster).alter(Configs.Kind.BROKER, name, Map.of(), List.of(BrokerWish.SETTING));
    } else {
      new Configs(cluster)
          .alter(Configs.Kind.BROKER, name, Map.of(BrokerWish.SETTING, wish.value()), List.of());
    }
  }

  /** Waits until nothing is left; returns whether that was in time. */
  boolean await(Patience patience) {
    return patience.until(() -> isEmpty(patience));
  }

  private boolean isEmpty(Patience patience) {
    ClusterView view = cluster.learnAll();
    int copies = 0;
    int leads = 0;
    for (ClusterView.Topic topic : view.topics().values()) {
      for (ClusterView.Partition one : topic.partitions()) {
        copies += one.replicas().contains(node) ? 1 : 0;
        leads += one.leader() == node ? 1 : 0;
      }
    }
    if (copies != copiesLeft) {
      copiesLeft = copies;
      progressMs = patience.elapsedMs();
      say.accept(
          "node "
              + node
              + ": copies left "
              + copies
              + ", leads "
              + leads
              + ", "
              + patience.seconds()
              + " s");
    } else if (patience.elapsedMs() - progressMs > STILL_MS) {
      progressMs = patience.elapsedMs();
      say.accept("node " + node + ": no progress for a while, " + obstacle());
    }
    return copies == 0;
  }

  private String obstacle() {
    for (Replication.Reassignment move : new Replication(cluster).reassignments()) {
      if (move.replicas().contains(node)) {
        return move.partition()
            + " waits for its copies on "
            + move.adding()
            + " to catch up: millrace topic describe "
            + move.partition().topic();
      }
    }
    return "nothing is on its way: the controller's log says why";
  }
}
