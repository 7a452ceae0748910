package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the coming and going of a broker does to the partitions that it has copies of. */
final class Leaderships {
  private final ClusterImage image;

  Leaderships(ClusterImage image) {
    this.image = image;
  }

  /**
   * The broker is gone: it leaves every in-sync set that has somebody else, and an active member of
   * the set takes over what it led. The last one of a set stays in it, and nobody leads.
   */
  List<Message> leave(int brokerId) {
    return changes((id, index, partition) -> left(id, index, partition, brokerId));
  }

  /**
   * The broker is back: it takes over what nobody leads, where it is in the in-sync set, or where
   * that set is empty and the broker is known to hold all that was committed (KIP-966).
   */
  List<Message> join(int brokerId) {
    return changes((id, index, partition) -> joined(id, index, partition, brokerId));
  }

  private static @Nullable PartitionChangeRecord joined(
      Uuid id, int index, PartitionImage partition, int brokerId) {
    if (partition.hasLeader()) {
      return null;
    }
    if (partition.isr().contains(brokerId)) {
      return change(id, index).leader(brokerId).build();
    }
    if (partition.isr().isEmpty() && partition.eligible().contains(brokerId)) {
      return change(id, index)
          .leader(brokerId)
          .isr(List.of(brokerId))
          .eligibleLeaderReplicas(
              partition.eligible().stream().filter(other -> other != brokerId).toList())
          .lastKnownElr(List.of())
          .build();
    }
    return null;
  }

  private @Nullable PartitionChangeRecord left(
      Uuid id, int index, PartitionImage partition, int brokerId) {
    List<Integer> others = partition.isr().stream().filter(other -> other != brokerId).toList();
    boolean shrinks = !others.isEmpty() && others.size() < partition.isr().size();
    boolean leads = partition.leader() == brokerId;
    if (!shrinks && !leads) {
      return null;
    }
    PartitionChangeRecord.Builder change = change(id, index);
    if (shrinks) {
      change.isr(others);
    }
    if (leads) {
      change.leader(successor(partition, others));
    }
    return change.build();
  }

  private int successor(PartitionImage partition, List<Integer> isr) {
    return partition.replicas().stream()
        .filter(replica -> isr.contains(replica) && image.isActive(replica))
        .findFirst()
        .orElse(PartitionImage.NO_LEADER);
  }

  private static PartitionChangeRecord.Builder change(Uuid topicId, int index) {
    return PartitionChangeRecord.builder().topicId(topicId).partitionId(index);
  }

  /** What becomes of one partition; null when nothing does. */
  private interface Rule {
    @Nullable PartitionChangeRecord apply(Uuid topicId, int index, PartitionImage partition);
  }

  private List<Message> changes(Rule rule) {
    List<Message> records = new ArrayList<>();
    for (TopicImage topic : image.topics().byId().values()) {
      for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
        PartitionChangeRecord change = rule.apply(topic.id(), entry.getKey(), entry.getValue());
        if (change != null) {
          records.add(change);
        }
      }
    }
    return records;
  }
}
