package dev.millrace.quorum.control;

import dev.millrace.quorum.control.PartitionChange.PartitionId;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

  /** What may have become of a copy. */
  enum Loss {
    NONE,
    /** It may lack records that were acknowledged. */
    SOME,
    /** It may be empty. */
    ALL
  }

  /** What is known of the copies that one broker has. */
  record Copies(int brokerId, Judge judge) {
    /** What became of the broker's copy of a partition. */
    @FunctionalInterface
    interface Judge {
      Loss of(PartitionRules.OfTopic topic, PartitionImage partition);
    }

    /** Of no broker is anything bad known. */
    static final Copies WHOLE = new Copies(-1, (_, _) -> Loss.NONE);

    private Loss loss(PartitionRules.OfTopic topic, PartitionImage partition) {
      boolean counts =
          partition.isr().contains(brokerId)
              || partition.eligible().contains(brokerId)
              || partition.lastEligible().contains(brokerId);
      return counts ? judge.of(topic, partition) : Loss.NONE;
    }
  }

  /** The records that bring every partition in line. */
  List<Message> settle() {
    return settle(Copies.WHOLE);
  }

  /** The same, while some copies are known to be incomplete. */
  List<Message> settle(Copies copies) {
    List<Message> records = new ArrayList<>();
    for (TopicImage topic : rules.image().topics().byId().values()) {
      PartitionRules.OfTopic settings = rules.topic(topic.name());
      for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
        PartitionImage partition = entry.getValue();
        Loss loss = copies.loss(settings, partition);
        if (loss == Loss.NONE && isSettled(settings, partition)) {
          continue;
        }
        PartitionId id = new PartitionId(topic.name(), topic.id(), entry.getKey());
        PartitionChange change = settle(id, partition);
        switch (loss) {
          case NONE -> {}
          case SOME -> change.lost(copies.brokerId);
          case ALL -> change.wiped(copies.brokerId);
        }
        PartitionChangeRecord record = change.build();
        if (record != null) {
          records.add(record);
        }
      }
    }
    return records;
  }

  /** Appends what brings one partition in line. */
  void settle(PartitionId id, List<Message> records) {
    PartitionImage partition = rules.image().partition(id.topicId(), id.index());
    PartitionChangeRecord change = partition == null ? null : settle(id, partition).build();
    if (change != null) {
      records.add(change);
    }
  }

  private PartitionChange settle(PartitionId id, PartitionImage partition) {
    List<Integer> atWork =
        partition.isr().stream().filter(replica -> rules.isUsable(partition, replica)).toList();
    return new PartitionChange(rules, id, partition).isr(atWork);
  }

  /** The ordinary case, found cheaply: everybody in the set is at work, and one of them leads. */
  private boolean isSettled(PartitionRules.OfTopic topic, PartitionImage partition) {
    List<Integer> isr = partition.isr();
    boolean whole =
        (partition.eligible().isEmpty() && (!isr.isEmpty() || rules.tracksEligible()))
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
