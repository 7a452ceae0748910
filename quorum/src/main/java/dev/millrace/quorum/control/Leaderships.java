package dev.millrace.quorum.control;

import dev.millrace.quorum.control.PartitionChange.PartitionId;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the state of the brokers means for all partitions: whoever is not at work leaves the in-sync
 * sets, another one takes over what it led, and what nobody leads is led again by whoever may.
 */
final class Leaderships {
  private final PartitionRules rules;

  /**
   * @param rules with the image that already shows what happened to the brokers
   */
  Leaderships(Rules rules) {
    this.rules = new PartitionRules(rules);
  }

  /** Which copies of a partition may lack records that were acknowledged. */
  @FunctionalInterface
  interface Losses {
    boolean isLost(PartitionRules.OfTopic topic, PartitionImage partition, int replica);
  }

  /** The records that bring every partition in line. */
  List<Message> settle() {
    return settle((_, _, _) -> false);
  }

  /** The same, while some copies are known to be incomplete. */
  List<Message> settle(Losses losses) {
    List<Message> records = new ArrayList<>();
    for (TopicImage topic : rules.image().topics().byId().values()) {
      PartitionRules.OfTopic settings = rules.topic(topic.name());
      for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
        PartitionImage partition = entry.getValue();
        List<Integer> lost = lost(losses, settings, partition);
        if (lost.isEmpty() && isSettled(settings, partition)) {
          continue;
        }
        PartitionId id = new PartitionId(topic.name(), topic.id(), entry.getKey());
        PartitionChangeRecord change = settle(id, partition, lost);
        if (change != null) {
          records.add(change);
        }
      }
    }
    return records;
  }

  /** Appends what brings one partition in line. */
  void settle(PartitionId id, List<Message> records) {
    PartitionImage partition = rules.image().partition(id.topicId(), id.index());
    PartitionChangeRecord change = partition == null ? null : settle(id, partition, List.of());
    if (change != null) {
      records.add(change);
    }
  }

  private @Nullable PartitionChangeRecord settle(
      PartitionId id, PartitionImage partition, List<Integer> lost) {
    List<Integer> atWork =
        partition.isr().stream().filter(replica -> rules.isUsable(partition, replica)).toList();
    return new PartitionChange(rules, id, partition).isr(atWork).lost(Set.copyOf(lost)).build();
  }

  private static List<Integer> lost(
      Losses losses, PartitionRules.OfTopic topic, PartitionImage partition) {
    return partition.replicas().stream()
        .filter(
            replica -> partition.isr().contains(replica) || partition.eligible().contains(replica))
        .filter(replica -> losses.isLost(topic, partition, replica))
        .toList();
  }

  /** The ordinary case, found cheaply: everybody in the set is at work, and one of them leads. */
  private boolean isSettled(PartitionRules.OfTopic topic, PartitionImage partition) {
    List<Integer> isr = partition.isr();
    boolean whole =
        partition.eligible().isEmpty()
            || (rules.tracksEligible()
                && isr.size() < Math.min(topic.minInSync(), partition.replicas().size()));
    if (!whole || !partition.hasLeader()) {
      return false;
    }
    for (int replica : isr) {
      if (!rules.isUsable(partition, replica)) {
        return false;
      }
    }
    return isr.contains(partition.leader());
  }
}
