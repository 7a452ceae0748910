package dev.millrace.coordinator.sharegroup;

import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.record.ShareGroupCurrentMemberAssignmentValue;
import dev.millrace.coordinator.record.ShareGroupCurrentMemberAssignmentValue.TopicPartitions;
import dev.millrace.coordinator.record.ShareGroupMemberMetadataValue;
import java.util.List;

/**
 * A member of a share group.
 *
 * @param profile what it says about itself
 * @param epoch the assignment epoch that it knows
 * @param previousEpoch the one before
 * @param assigned what it was given
 */
public record ShareMember(
    String id,
    ShareGroupMemberMetadataValue profile,
    int epoch,
    int previousEpoch,
    Partitions assigned) {
  private static final byte STABLE = 0;

  static ShareMember unknown(String id) {
    return new ShareMember(id, ShareGroupMemberMetadataValue.DEFAULT, 0, 0, Partitions.NONE);
  }

  ShareMember with(ShareGroupMemberMetadataValue changed) {
    return new ShareMember(id, changed, epoch, previousEpoch, assigned);
  }

  ShareMember with(ShareGroupCurrentMemberAssignmentValue position) {
    Partitions.Builder partitions = new Partitions.Builder();
    for (TopicPartitions topic : position.assignedPartitions()) {
      partitions.addAll(topic.topicId(), topic.partitions());
    }
    return new ShareMember(
        id, profile, position.memberEpoch(), position.previousMemberEpoch(), partitions.build());
  }

  /** The record of a member that moves to an epoch. */
  ShareGroupCurrentMemberAssignmentValue at(int nextEpoch, Partitions next) {
    return ShareGroupCurrentMemberAssignmentValue.builder()
        .memberEpoch(nextEpoch)
        .previousMemberEpoch(epoch)
        .state(STABLE)
        .assignedPartitions(
            next.topics().stream()
                .map(topic -> new TopicPartitions(topic, List.copyOf(next.of(topic))))
                .toList())
        .build();
  }
}
