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
 * Gives leaderships back to the preferred leaders that can have them, as the active controller does
 * from time to time where {@code auto.leader.rebalance.enable} says so.
 *
 * @param most how many leaderships may move at once
 */
public record BalanceLeaders(int most) implements Command<Integer> {
  /** Replies how many moved; as many as may move when there may be more. */
  @Override
  public Decision<Integer> decide(Rules rules) {
    PartitionRules partitionRules = new PartitionRules(rules);
    List<Message> records = new ArrayList<>();
    for (TopicImage topic : rules.image().topics().byId().values()) {
      for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
        PartitionImage partition = entry.getValue();
        int preferred = partition.replicas().getFirst();
        if (records.size() < most
            && partition.leader() != preferred
            && partition.isr().contains(preferred)
            && partitionRules.isUsable(partition, preferred)) {
          PartitionId id = new PartitionId(topic.name(), topic.id(), entry.getKey());
          PartitionChangeRecord change =
              ElectLeaders.preferred(new PartitionChange(partitionRules, id, partition), partition);
          if (change != null) {
            records.add(change);
          }
        }
      }
    }
    return new Decision<>(records, Outcome.done(records.size()), true);
  }
}
