package dev.millrace.sim.check;

import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.sim.cluster.Life;
import dev.millrace.sim.cluster.Machine;
import dev.millrace.sim.cluster.SimCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a cluster without faults has come to rest: leaders, whole in-sync sets, equal copies. */
public final class Rest {
  private final SimCluster cluster;

  public Rest(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** Whether nothing is missing. */
  public boolean isReached() {
    return cluster.machines().stream().allMatch(Machine::serves) && missing(true).isEmpty();
  }

  /** Whether every partition has a leader and all its copies are in sync. */
  public boolean isInSync() {
    ClusterImage image = cluster.image();
    return cluster.machines().stream().allMatch(Machine::serves)
        && image.topics().byId().values().stream()
            .allMatch(topic ->
                topic.partitions().values().stream()
                    .allMatch(one -> one.hasLeader() && one.isr().size() == one.replicas().size()));
  }

  /** What is missing. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Machine machine : cluster.machines()) {
      if (!machine.serves()) {
        missing.add("node-" + machine.id() + " does not serve");
      }
    }
    missing.addAll(missing(false));
    return missing;
  }

  private List<String> missing(boolean isOneEnough) {
    List<String> missing = new ArrayList<>();
    ClusterImage image = cluster.image();
    for (TopicImage topic : image.topics().byId().values()) {
      for (int index = 0; index < topic.partitionCount(); index++) {
        PartitionImage partition = Objects.requireNonNull(topic.partition(index));
        String what = what(topic, index, partition);
        if (!what.isEmpty()) {
          missing.add(
              topic.name() + "-" + index + " " + what + " " + partition + copies(topic, index));
          if (isOneEnough) {
            return missing;
          }
        }
      }
    }
    return missing;
  }

  private String what(TopicImage topic, int index, PartitionImage partition) {
    if (!partition.hasLeader()) {
      return "has no leader";
    }
    if (partition.isr().size() < partition.replicas().size()) {
      return "has a copy that is not in sync";
    }
    Partition leader = copy(topic, index, partition.leader());
    if (leader == null || !leader.isOpen()) {
      return "is not open where it is led";
    }
    long end = leader.logEndOffset();
    for (int id : partition.replicas()) {
      Partition copy = copy(topic, index, id);
      if (copy == null
          || copy.logEndOffset() != end
          || copy.bounds().highWatermark() != end
          || copy.bounds().lastStableOffset() != end) {
        return "has a copy that differs, node="
            + id
            + " end="
            + end
            + " copy="
            + (copy == null ? "none" : copy.logEndOffset() + " " + copy.bounds());
      }
    }
    return "";
  }

  private String copies(TopicImage topic, int index) {
    StringBuilder text = new StringBuilder();
    for (Machine machine : cluster.machines()) {
      Partition copy = copy(topic, index, machine.id());
      text.append("\n      node-").append(machine.id()).append(": ");
      text.append(
          copy == null
              ? "no copy"
              : "end="
                  + copy.logEndOffset()
                  + " leaderEpoch="
                  + copy.leaderEpoch()
                  + " "
                  + copy.bounds());
    }
    return text.toString();
  }

  private @Nullable Partition copy(TopicImage topic, int index, int node) {
    Life life = cluster.machine(node).life();
    Partitions copies = life == null ? null : life.partitions();
    return copies == null ? null : copies.find(topic.id(), index);
  }
}
