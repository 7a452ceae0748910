package dev.millrace.server.command.cluster;

import dev.millrace.client.ClusterView;
import dev.millrace.client.TopicPartition;
import dev.millrace.quorum.balance.BalanceGoals;
import dev.millrace.quorum.balance.BalancePlan;
import dev.millrace.quorum.balance.Balancer;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Listing;
import dev.millrace.server.command.terminal.Printing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What would move, as people and programs read it: the plan of what a client can learn, which takes
 * no right to change anything. The cluster makes its own when it moves, from what is there then.
 */
record ShownPlan(ClusterState state, BalancePlan plan) {
  private static final BalanceGoals ALL =
      new BalanceGoals(BalanceGoals.DEFAULT.drain(), 0.1, Integer.MAX_VALUE, Long.MAX_VALUE);

  static ShownPlan of(ClusterState state, BalanceGoals goals) {
    return new ShownPlan(state, Balancer.plan(state.image(), state.loads(), goals));
  }

  /** Goals without a bound on how much moves. */
  static BalanceGoals all() {
    return ALL;
  }

  boolean isEmpty() {
    return plan.steps().isEmpty();
  }

  /** Each partition that changes. */
  Listing steps() {
    Listing steps = Listing.of("topic", "partition", "from", "to", "bytes", "why");
    for (BalancePlan.Step step : plan.steps()) {
      steps.add(step.topic(), step.partition(), step.from(), step.to(), step.bytes(), step.why());
    }
    return steps;
  }

  /** What every node has before and after. */
  Listing nodes() {
    Map<TopicPartition, List<Integer>> then = new TreeMap<>();
    plan.steps()
        .forEach(step -> then.put(new TopicPartition(step.topic(), step.partition()), step.to()));
    Listing nodes =
        Listing.of("node", "leads", "leadsThen", "copies", "copiesThen", "bytes", "bytesThen");
    for (int node : state.view().nodes().keySet()) {
      long[] now = new long[3];
      long[] after = new long[3];
      for (ClusterView.Topic topic : state.view().topics().values()) {
        for (ClusterView.Partition one : topic.partitions()) {
          TopicPartition name = new TopicPartition(topic.name(), one.index());
          long bytes = state.bytes().getOrDefault(name, 0L);
          count(now, node, one.replicas(), bytes);
          count(after, node, then.getOrDefault(name, one.replicas()), bytes);
        }
      }
      nodes.add(node, now[0], after[0], now[1], after[1], now[2], after[2]);
    }
    return nodes;
  }

  /** Leaderships as they are preferred, copies, bytes. */
  private static void count(long[] of, int node, List<Integer> replicas, long bytes) {
    if (replicas.contains(node)) {
      of[0] += replicas.getFirst() == node ? 1 : 0;
      of[1]++;
      of[2] += bytes;
    }
  }

  /** In one line: how much moves and what it is good for. */
  String summary() {
    int changed = plan.steps().size();
    return (changed == 1 ? "1 partition changes, " : changed + " partitions change, ")
        + plan.bytes()
        + " bytes are copied; the node furthest from the mean is "
        + percent(plan.imbalanceBefore())
        + " off now and "
        + percent(plan.imbalanceAfter())
        + " then"
        + (plan.isComplete() ? "" : "; more is left for another run");
  }

  private static String percent(double part) {
    return Math.round(part * 100) + " %";
  }

  /**
   * Prints it.
   *
   * @param withNodes whether also what every node has before and after
   */
  void print(Printing to, boolean withNodes) {
    if (to.isJson()) {
      to.out().println(Json.text(json(withNodes)));
    } else {
      if (!isEmpty()) {
        to.print(steps());
      }
      to.out().println(summary());
      if (withNodes) {
        to.print(nodes());
      }
    }
    to.out().flush();
  }

  /** Everything for programs. */
  Map<String, Object> json(boolean withNodes) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("steps", steps().objects());
    json.put("bytes", plan.bytes());
    json.put("imbalanceBefore", plan.imbalanceBefore());
    json.put("imbalanceAfter", plan.imbalanceAfter());
    json.put("isComplete", plan.isComplete());
    if (withNodes) {
      json.put("nodes", nodes().objects());
    }
    return json;
  }
}
