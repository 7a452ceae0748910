package dev.millrace.server.command.cluster;

import dev.millrace.client.Cluster;
import dev.millrace.client.Replication;
import dev.millrace.client.TopicPartition;
import dev.millrace.quorum.balance.BalanceGoals;
import dev.millrace.quorum.balance.BalancePlan;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace cluster balance}. */
@Command(
    name = "balance",
    description =
        "Even out leaders, copies and disk over the nodes, while they serve. The plan is shown"
            + " first; --dry-run stops there.")
final class ClusterBalance extends Connected {
  @Option(names = "--dry-run", description = "Show what would move, and move nothing.")
  private boolean dryRun;

  @Option(names = "--explain", description = "Show too what every node has before and after.")
  private boolean explain;

  @Option(
      names = "--tolerance",
      paramLabel = "PERCENT",
      defaultValue = "10",
      description = "How far from the mean a node may be (default: ${DEFAULT-VALUE}).")
  private int tolerancePercent;

  @Option(
      names = "--copies",
      paramLabel = "N",
      defaultValue = "100",
      description = "Most copies that are moved (default: ${DEFAULT-VALUE}).")
  private int copiesMax;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      defaultValue = "107374182400",
      description = "Most bytes that are moved (default: ${DEFAULT-VALUE}).")
  private long bytesMax;

  @Option(
      names = "--at-once",
      paramLabel = "N",
      defaultValue = "20",
      description = "Partitions that move at the same time (default: ${DEFAULT-VALUE}).")
  private int atOnce;

  @Override
  protected void run(Cluster cluster) {
    if (tolerancePercent < 1 || copiesMax < 1 || atOnce < 1 || bytesMax < 1) {
      throw UserException.usage("--tolerance, --copies, --bytes and --at-once must be 1 or more");
    }
    ClusterState state = ClusterState.of(cluster);
    BalanceGoals goals =
        new BalanceGoals(
            BrokerWish.DRAIN.brokers(state.image()), tolerancePercent / 100.0, copiesMax, bytesMax);
    ShownPlan plan = ShownPlan.of(state, goals);
    show(plan);
    if (!dryRun && !plan.isEmpty()) {
      try (Stop _ =
          whenStopped(() ->
              say(
                  "stopped; what is on its way goes on, the same command goes on with what is"
                      + " left"))) {
        carryOut(cluster, plan.plan());
      }
    }
  }

  private void show(ShownPlan plan) {
    if (plan.isEmpty() && !isJson()) {
      out()
          .println(
              "nothing to move: no node is further than "
                  + tolerancePercent
                  + " % from the mean, or nothing that may move would help");
      if (explain) {
        print(plan.nodes());
      }
      out().flush();
    } else {
      plan.print(this, explain);
    }
  }

  /** A few at a time; what is on its way is the cluster's business, also if this ends. */
  private void carryOut(Cluster cluster, BalancePlan plan) {
    Deque<BalancePlan.Step> left = new ArrayDeque<>(plan.steps());
    List<TopicPartition> changed = new ArrayList<>();
    Patience patience = new Patience(0);
    int all = plan.steps().size();
    boolean _ =
        patience.until(() -> {
          Replication replication = new Replication(cluster);
          int moving = replication.reassignments().size();
          Map<TopicPartition, List<Integer>> next = new TreeMap<>();
          while (!left.isEmpty() && moving + next.size() < atOnce) {
            BalancePlan.Step step = left.remove();
            TopicPartition name = new TopicPartition(step.topic(), step.partition());
            next.put(name, step.to());
            changed.add(name);
          }
          if (!next.isEmpty()) {
            replication
                .reassign(next)
                .forEach((name, why) -> say("not moved: " + name + ": " + why));
            say(
                "partitions changed or on their way: "
                    + changed.size()
                    + " of "
                    + all
                    + ", "
                    + patience.seconds()
                    + " s");
          }
          return left.isEmpty() && next.isEmpty() && moving == 0;
        });
    new Replication(cluster)
        .elect(Replication.Election.PREFERRED, changed)
        .forEach((name, why) -> say("leader stays for now: " + name + ": " + why));
    say("done in " + patience.seconds() + " s");
  }
}
