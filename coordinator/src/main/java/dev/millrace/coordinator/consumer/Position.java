package dev.millrace.coordinator.consumer;

import dev.millrace.coordinator.record.ConsumerGroupCurrentMemberAssignmentValue;
import dev.millrace.coordinator.record.ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a member stands: record kind 8.
 *
 * @param epoch which its requests must carry; {@link #AWAY} for a static member that will be back
 * @param previousEpoch the epoch before, whose request may come again when its answer was lost
 * @param assigned what it has and may read
 * @param revoking what it must let go, and has until it says that it did
 */
public record Position(
    int epoch, int previousEpoch, MemberState state, Holdings assigned, Holdings revoking) {
  /** The epoch of a static member that said that it will come back (KIP-345). */
  public static final int AWAY = -2;

  /** Of a member that has nothing yet. */
  public static final Position NEW =
      new Position(0, 0, MemberState.STABLE, Holdings.NONE, Holdings.NONE);

  /** In records without epochs a partition counts as got at the member's epoch. */
  static Position of(ConsumerGroupCurrentMemberAssignmentValue value) {
    return new Position(
        value.memberEpoch(),
        value.previousMemberEpoch(),
        MemberState.of(value.state()),
        holdings(value.assignedPartitions(), value.memberEpoch()),
        holdings(value.partitionsPendingRevocation(), value.memberEpoch()));
  }

  ConsumerGroupCurrentMemberAssignmentValue value() {
    return ConsumerGroupCurrentMemberAssignmentValue.builder()
        .memberEpoch(epoch)
        .previousMemberEpoch(previousEpoch)
        .state(state.number())
        .assignedPartitions(list(assigned))
        .partitionsPendingRevocation(list(revoking))
        .build();
  }

  /** What the member has, also what it must let go. */
  public Partitions held() {
    Partitions.Builder held = new Partitions.Builder();
    assigned.forEach((topic, partition, _) -> held.add(topic, partition));
    revoking.forEach((topic, partition, _) -> held.add(topic, partition));
    return held.build();
  }

  /** Whether it has all of its target of an epoch. */
  public boolean isReconciledTo(int targetEpoch) {
    return state == MemberState.STABLE && epoch == targetEpoch;
  }

  private static Holdings holdings(List<TopicPartitions> topics, int otherwise) {
    Holdings.Builder builder = new Holdings.Builder();
    for (TopicPartitions topic : topics) {
      List<Integer> epochs = topic.assignmentEpochs();
      for (int i = 0; i < topic.partitions().size(); i++) {
        int epoch = epochs != null && i < epochs.size() ? epochs.get(i) : otherwise;
        builder.add(topic.topicId(), topic.partitions().get(i), epoch);
      }
    }
    return builder.build();
  }

  private static List<TopicPartitions> list(Holdings holdings) {
    List<TopicPartitions> topics = new ArrayList<>();
    holdings
        .topics()
        .forEach(topic -> {
          Map<Integer, Integer> epochs = holdings.of(topic);
          topics.add(
              TopicPartitions.builder()
                  .topicId(topic)
                  .partitions(List.copyOf(epochs.keySet()))
                  .assignmentEpochs(List.copyOf(epochs.values()))
                  .build());
        });
    return topics;
  }
}
