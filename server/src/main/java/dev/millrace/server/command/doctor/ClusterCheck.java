package dev.millrace.server.command.doctor;

import dev.millrace.base.time.SystemClock;
import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.ClusterView.Partition;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.Configs;
import dev.millrace.client.Groups;
import dev.millrace.client.Nodes;
import dev.millrace.server.command.terminal.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Looks at a cluster through its own answers. Changes nothing. */
final class ClusterCheck {
  private static final double DISK_LOW_SHARE = 0.1;

  /** So long a voter may be silent: longer than any heartbeat or election of a healthy one. */
  private static final long SILENT_MS = 2_000;

  private final Cluster cluster;
  private final ClusterView view;
  private final Findings findings = new Findings();

  ClusterCheck(Cluster cluster) {
    this.cluster = cluster;
    this.view = cluster.learnAll();
  }

  /** Everything that was looked at. */
  Findings look() {
    nodes();
    leaders();
    copies();
    quorum();
    directories();
    groups();
    return findings;
  }

  private void nodes() {
    Set<Integer> missing = new TreeSet<>();
    for (Topic topic : view.topics().values()) {
      topic.partitions().forEach(partition -> missing.addAll(partition.replicas()));
    }
    missing.removeAll(view.nodes().keySet());
    if (missing.isEmpty()) {
      findings.well(
          "nodes", view.nodes().size() + " reachable by metadata, cluster " + view.clusterId());
    } else {
      findings.ill(
          "nodes",
          "copies lie on nodes that do not serve, start them, or take them out for good (millrace"
              + " cluster remove), nodes="
              + missing
              + " serving="
              + view.nodes().keySet());
    }
  }

  private void leaders() {
    List<String> without = where(view.topics().values(), partition -> partition.leader() < 0);
    if (without.isEmpty()) {
      findings.well("leaders", "every partition has a leader");
    } else {
      findings.ill(
          "leaders",
          without.size()
              + " partitions have none and can not be written or read, start the nodes that have"
              + " copies, or, when these are lost for ever, let what is left lead (millrace topic"
              + " alter TOPIC --set unclean.leader.election.enable=true): "
              + Findings.some(without, " "));
    }
  }

  private void copies() {
    List<String> behind = where(view.topics().values(), ClusterCheck::isBehind);
    if (behind.isEmpty()) {
      findings.well("copies", "all copies are in sync");
      return;
    }
    findings.ill(
        "copies",
        behind.size()
            + " partitions have copies that are behind, look at the nodes that have them: "
            + Findings.some(behind, " "));
    List<String> refusing = new ArrayList<>();
    for (Topic topic : view.topics().values()) {
      if (topic.partitions().stream().anyMatch(ClusterCheck::isBehind)) {
        int inSyncMin = inSyncMin(topic.name());
        refusing.addAll(where(List.of(topic), one -> one.inSync().size() < inSyncMin));
      }
    }
    if (!refusing.isEmpty()) {
      findings.ill(
          "writes",
          refusing.size()
              + " partitions have fewer copies in sync than min.insync.replicas and refuse"
              + " acks=all: "
              + Findings.some(refusing, " "));
    }
  }

  private static boolean isBehind(Partition partition) {
    return partition.inSync().size() < partition.replicas().size();
  }

  private int inSyncMin(String topic) {
    return new Configs(cluster)
        .describe(Configs.Kind.TOPIC, topic).stream()
            .filter(entry -> entry.name().equals("min.insync.replicas"))
            .map(Configs.Entry::value)
            .mapToInt(value -> value == null ? 1 : Integer.parseInt(value))
            .findAny()
            .orElse(1);
  }

  private void quorum() {
    try {
      Nodes.Quorum quorum = new Nodes(cluster).quorum();
      List<Nodes.Replica> voters =
          quorum.replicas().stream().filter(Nodes.Replica::isVoter).toList();
      List<Integer> silent = silent(quorum, voters);
      if (!silent.isEmpty()) {
        int spare = (voters.size() - 1) / 2 - silent.size();
        findings.ill(
            "quorum",
            "voters are silent, start them: nodes="
                + silent
                + "; "
                + (spare > 0
                    ? "the metadata survives " + spare + " more"
                    : "one more loss and the metadata can not be changed"));
      } else if (voters.size() % 2 == 0) {
        findings.ill(
            "quorum",
            voters.size()
                + " voters survive no more losses than one fewer would, use an odd number");
      } else {
        findings.well(
            "quorum",
            Listing.count("has", voters.size(), "voter") + ", leader is node " + quorum.leader());
      }
    } catch (ClientException e) {
      findings.ill(
          "quorum",
          "nobody leads the metadata or nobody answers, start voters until a majority runs: "
              + e.getMessage());
    }
  }

  /**
   * The leader stamps itself with the present, so the clock that counts is its own. Older releases
   * of Apache Kafka tell no times.
   */
  private static List<Integer> silent(Nodes.Quorum quorum, List<Nodes.Replica> voters) {
    long nowMs =
        voters.stream()
            .filter(voter -> voter.node() == quorum.leader())
            .mapToLong(Nodes.Replica::lastFetchMs)
            .filter(ms -> ms >= 0)
            .findAny()
            .orElseGet(SystemClock.INSTANCE::wallMs);
    return voters.stream()
        .filter(voter -> voter.node() != quorum.leader())
        .filter(voter -> voter.lastFetchMs() >= 0 && nowMs - voter.lastFetchMs() > SILENT_MS)
        .map(Nodes.Replica::node)
        .sorted()
        .toList();
  }

  private void directories() {
    Nodes nodes = new Nodes(cluster);
    for (int node : view.nodes().keySet()) {
      try {
        nodes.directories(node).forEach(directory -> directory(node, directory));
      } catch (ClientException e) {
        findings.ill("node " + node, "does not answer: " + e.getMessage());
      }
    }
  }

  private void directory(int node, Nodes.Directory directory) {
    String name = "disk of node " + node;
    boolean isLow =
        directory.totalBytes() > 0
            && directory.usableBytes() < directory.totalBytes() * DISK_LOW_SHARE;
    if (!"NONE".equals(directory.fault())) {
      findings.ill(
          name,
          directory.path()
              + " is offline ("
              + directory.fault()
              + "), see the node's log, mend the disk and restart the node");
    } else if (isLow) {
      findings.ill(
          name,
          directory.path()
              + " has "
              + (directory.usableBytes() >> 20)
              + " MiB left, shorten retention.ms or retention.bytes of large topics (see: millrace"
              + " cluster log-dirs --partitions)");
    } else {
      findings.well(name, directory.path() + " works");
    }
  }

  private void groups() {
    try {
      List<Groups.Listed> all = new Groups(cluster).list();
      List<String> restless =
          all.stream()
              .filter(group -> group.state().endsWith("Rebalance"))
              .map(Groups.Listed::group)
              .toList();
      if (restless.isEmpty()) {
        findings.well("groups", all.size() + " in all, none is dividing its partitions now");
      } else {
        findings.ill(
            "groups",
            "dividing their partitions now; if it lasts, members poll too slowly"
                + " (max.poll.interval.ms): "
                + Findings.some(restless, " "));
      }
    } catch (ClientException e) {
      findings.ill("groups", "coordinators do not answer: " + e.getMessage());
    }
  }

  private static List<String> where(Iterable<Topic> topics, Predicate<Partition> condition) {
    List<String> found = new ArrayList<>();
    for (Topic topic : topics) {
      topic.partitions().stream()
          .filter(condition)
          .forEach(partition -> found.add(topic.name() + "-" + partition.index()));
    }
    return found;
  }
}
