package dev.millrace.coordinator.sharegroup;

import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.record.ShareGroupCurrentMemberAssignmentKey;
import dev.millrace.coordinator.record.ShareGroupCurrentMemberAssignmentValue;
import dev.millrace.coordinator.record.ShareGroupMemberMetadataKey;
import dev.millrace.coordinator.record.ShareGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ShareGroupMetadataKey;
import dev.millrace.coordinator.record.ShareGroupMetadataValue;
import dev.millrace.coordinator.record.ShareGroupStatePartitionMetadataKey;
import dev.millrace.coordinator.record.ShareGroupStatePartitionMetadataValue;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMemberKey;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMemberValue;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMemberValue.TopicPartition;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMetadataKey;
import dev.millrace.coordinator.record.ShareGroupTargetAssignmentMetadataValue;
import dev.millrace.wire.Message;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * A share group. Immutable; changed by records alone.
 *
 * @param members by their ids
 * @param targets what each member is to have, by member id
 */
public record ShareGroup(
    String id,
    Epochs epochs,
    PMap<String, ShareMember> members,
    PMap<String, Partitions> targets,
    ShareStatesKnown states) {

  /**
   * How far a group is.
   *
   * @param group rises with each change of members, subscriptions or topics
   * @param metadataHash of the topics that are subscribed to
   * @param assignment the group epoch for which targets are known
   */
  public record Epochs(int group, long metadataHash, int assignment) {
    /** Kafka's first epoch is 1 before anybody has joined. */
    static final Epochs FIRST = new Epochs(1, 0, 0);
  }

  /** A group without members. */
  public static ShareGroup empty(String id) {
    return new ShareGroup(
        id, Epochs.FIRST, HashTreePMap.empty(), HashTreePMap.empty(), ShareStatesKnown.NONE);
  }

  public @Nullable ShareMember member(String memberId) {
    return members.get(memberId);
  }

  public Partitions target(String memberId) {
    return Objects.requireNonNullElse(targets.get(memberId), Partitions.NONE);
  }

  /** Kafka's name for where the group stands: Empty or Stable. */
  public String state() {
    return members.isEmpty() ? "Empty" : "Stable";
  }

  // Records

  /** The group of a record, or null when it belongs to no share group. */
  public static @Nullable String groupIdOf(Message key) {
    return switch (key) {
      case ShareGroupMetadataKey group -> group.groupId();
      case ShareGroupMemberMetadataKey member -> member.groupId();
      case ShareGroupTargetAssignmentMetadataKey target -> target.groupId();
      case ShareGroupTargetAssignmentMemberKey target -> target.groupId();
      case ShareGroupCurrentMemberAssignmentKey current -> current.groupId();
      case ShareGroupStatePartitionMetadataKey states -> states.groupId();
      default -> null;
    };
  }

  /** Whether a record says that its group is gone. */
  public static boolean isDeletion(Message key, @Nullable Message value) {
    return key instanceof ShareGroupMetadataKey && value == null;
  }

  /** The group after a record of it. */
  public ShareGroup with(Message key, @Nullable Message value) {
    return switch (key) {
      case ShareGroupMetadataKey _ -> withGroup(value);
      case ShareGroupMemberMetadataKey member -> withProfile(member.memberId(), value);
      case ShareGroupTargetAssignmentMetadataKey _ -> withAssignmentEpoch(value);
      case ShareGroupTargetAssignmentMemberKey target -> withTarget(target.memberId(), value);
      case ShareGroupCurrentMemberAssignmentKey current -> withPosition(current.memberId(), value);
      case ShareGroupStatePartitionMetadataKey _ ->
          new ShareGroup(
              id,
              epochs,
              members,
              targets,
              value instanceof ShareGroupStatePartitionMetadataValue known
                  ? ShareStatesKnown.of(known)
                  : ShareStatesKnown.NONE);
      default -> this;
    };
  }

  private ShareGroup withGroup(@Nullable Message value) {
    return value instanceof ShareGroupMetadataValue group
        ? with(new Epochs(group.epoch(), group.metadataHash(), epochs.assignment()))
        : with(new Epochs(1, 0, epochs.assignment()));
  }

  private ShareGroup withAssignmentEpoch(@Nullable Message value) {
    int epoch =
        value instanceof ShareGroupTargetAssignmentMetadataValue target
            ? target.assignmentEpoch()
            : 0;
    return with(new Epochs(epochs.group(), epochs.metadataHash(), epoch));
  }

  private ShareGroup with(Epochs changed) {
    return new ShareGroup(id, changed, members, targets, states);
  }

  private ShareGroup withProfile(String memberId, @Nullable Message value) {
    return with(
        value instanceof ShareGroupMemberMetadataValue profile
            ? members.plus(memberId, orUnknown(memberId).with(profile))
            : members.minus(memberId));
  }

  private ShareGroup withPosition(String memberId, @Nullable Message value) {
    if (value instanceof ShareGroupCurrentMemberAssignmentValue position) {
      return with(members.plus(memberId, orUnknown(memberId).with(position)));
    }
    ShareMember member = members.get(memberId);
    return member == null
        ? this
        : with(members.plus(memberId, ShareMember.unknown(memberId).with(member.profile())));
  }

  private ShareMember orUnknown(String memberId) {
    return Objects.requireNonNullElseGet(
        members.get(memberId), () -> ShareMember.unknown(memberId));
  }

  private ShareGroup with(PMap<String, ShareMember> changed) {
    return new ShareGroup(id, epochs, changed, targets, states);
  }

  private ShareGroup withTarget(String memberId, @Nullable Message value) {
    if (!(value instanceof ShareGroupTargetAssignmentMemberValue target)) {
      return new ShareGroup(id, epochs, members, targets.minus(memberId), states);
    }
    Partitions.Builder partitions = new Partitions.Builder();
    for (TopicPartition topic : target.topicPartitions()) {
      partitions.addAll(topic.topicId(), topic.partitions());
    }
    return new ShareGroup(id, epochs, members, targets.plus(memberId, partitions.build()), states);
  }
}
