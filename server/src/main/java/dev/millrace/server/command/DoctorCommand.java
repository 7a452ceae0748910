package dev.millrace.server.command;

import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.ClusterView.Partition;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.Groups;
import dev.millrace.client.Nodes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace doctor [DIR]}: what is wrong with a cluster or a data directory. */
@Command(
    name = "doctor",
    description = {
      "Look for what is wrong with a cluster, or with a data directory, and say what to do.",
      "The node that a directory belongs to must not run."
    })
final class DoctorCommand extends Connected {
  private static final double DISK_LOW_SHARE = 0.1;
  private static final int SHOWN_MAX = 5;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "A data directory to look at instead of a cluster; nothing is changed in it.")
  private @Nullable Path directory;

  private final Listing findings = Listing.of("check", "verdict", "explanation");
  private boolean isIll;

  @Override
  boolean isDoneOffline() {
    Path looked = directory;
    if (looked == null) {
      return false;
    }
    DirectoryCheck check = new DirectoryCheck(looked);
    Listing found = check.findings();
    print(found);
    if (check.isIll()) {
      throw UserException.failed("something is wrong, see above");
    }
    return true;
  }

  @Override
  void run(Cluster cluster) {
    ClusterView view = cluster.learnAll();
    well("nodes", view.nodes().size() + " reachable by metadata, cluster " + view.clusterId());
    partitions(view);
    copies(view);
    quorum(cluster);
    directories(cluster, view);
    groups(cluster);
    print(findings);
    if (isIll) {
      throw UserException.failed("something is wrong, see above");
    }
  }

  private void partitions(ClusterView view) {
    List<String> without = where(view, partition -> partition.leader() < 0);
    if (without.isEmpty()) {
      well("leaders", "every partition has a leader");
    } else {
      ill(
          "leaders",
          without.size()
              + " partitions have none and can not be written or read, start the nodes that have"
              + " copies: "
              + some(without));
    }
  }

  private void copies(ClusterView view) {
    List<String> behind =
        where(view, partition -> partition.inSync().size() < partition.replicas().size());
    if (behind.isEmpty()) {
      well("copies", "all copies are in sync");
    } else {
      ill(
          "copies",
          behind.size()
              + " partitions have copies that are behind, look at the nodes that have them: "
              + some(behind));
    }
  }

  private void quorum(Cluster cluster) {
    try {
      Nodes.Quorum quorum = new Nodes(cluster).quorum();
      long voters = quorum.replicas().stream().filter(Nodes.Replica::isVoter).count();
      if (voters == 2 || voters == 4) {
        ill(
            "quorum",
            voters + " voters survive no more losses than one fewer would, use an odd number");
      } else {
        well(
            "quorum",
            Listing.count("has", voters, "voter") + ", leader is node " + quorum.leader());
      }
    } catch (ClientException e) {
      ill("quorum", "has no leader or does not answer: " + e.getMessage());
    }
  }

  private void directories(Cluster cluster, ClusterView view) {
    Nodes nodes = new Nodes(cluster);
    for (int node : view.nodes().keySet()) {
      try {
        nodes.directories(node).forEach(directory -> directory(node, directory));
      } catch (ClientException e) {
        ill("node " + node, "does not answer: " + e.getMessage());
      }
    }
  }

  private void directory(int node, Nodes.Directory directory) {
    String name = "disk of node " + node;
    boolean isLow =
        directory.totalBytes() > 0
            && directory.usableBytes() < directory.totalBytes() * DISK_LOW_SHARE;
    if (!"NONE".equals(directory.fault())) {
      ill(
          name,
          directory.path()
              + " is offline ("
              + directory.fault()
              + "), see the node's log, mend the"
              + " disk and restart the node");
    } else if (isLow) {
      ill(
          name,
          directory.path()
              + " has "
              + (directory.usableBytes() >> 20)
              + " MiB left, shorten retention.ms or retention.bytes of large topics (see: millrace"
              + " cluster log-dirs --partitions)");
    } else {
      well(name, directory.path() + " works");
    }
  }

  private void groups(Cluster cluster) {
    try {
      List<Groups.Listed> all = new Groups(cluster).list();
      List<String> restless =
          all.stream()
              .filter(group -> group.state().endsWith("Rebalance"))
              .map(Groups.Listed::group)
              .toList();
      if (restless.isEmpty()) {
        well("groups", all.size() + " in all, none is dividing its partitions now");
      } else {
        ill(
            "groups",
            "dividing their partitions now; if it lasts, members poll too slowly"
                + " (max.poll.interval.ms): "
                + some(restless));
      }
    } catch (ClientException e) {
      ill("groups", "coordinators do not answer: " + e.getMessage());
    }
  }

  private static List<String> where(
      ClusterView view, java.util.function.Predicate<Partition> condition) {
    List<String> found = new ArrayList<>();
    for (Topic topic : view.topics().values()) {
      topic.partitions().stream()
          .filter(condition)
          .forEach(partition -> found.add(topic.name() + "-" + partition.index()));
    }
    return found;
  }

  private static String some(List<String> names) {
    return String.join(" ", names.subList(0, Math.min(SHOWN_MAX, names.size())))
        + (names.size() > SHOWN_MAX ? " …" : "");
  }

  private void well(String check, String explanation) {
    findings.add(check, "ok", explanation);
  }

  private void ill(String check, String explanation) {
    isIll = true;
    findings.add(check, "problem", explanation);
  }
}
