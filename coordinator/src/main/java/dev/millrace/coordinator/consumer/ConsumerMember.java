package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue;
import dev.millrace.coordinator.record.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group.
 *
 * @param profile what it says about itself: record kind 5
 * @param position where it stands
 */
public record ConsumerMember(
    String id, ConsumerGroupMemberMetadataValue profile, Position position) {
  /** Nothing is said yet. The defaults of the record are empty texts and structs instead. */
  public static final ConsumerGroupMemberMetadataValue SILENT =
      ConsumerGroupMemberMetadataValue.builder()
          .instanceId(null)
          .rackId(null)
          .subscribedTopicRegex(null)
          .serverAssignor(null)
          .classicMemberMetadata(null)
          .build();

  /** A member of which nothing is known yet. */
  static ConsumerMember unknown(String id) {
    return new ConsumerMember(id, SILENT, Position.NEW);
  }

  /** The name that a static member keeps over restarts (KIP-345), or null. */
  public @Nullable String instanceId() {
    return profile.instanceId();
  }

  /** The regular expression it subscribes to; "" for none. */
  public String regex() {
    String regex = profile.subscribedTopicRegex();
    return regex == null ? "" : regex;
  }

  /** What a member that speaks the classic protocol said when it joined, or null. */
  public @Nullable ClassicMemberMetadata classic() {
    return profile.classicMemberMetadata();
  }

  /** Whether it speaks the classic protocol: JoinGroup, SyncGroup, Heartbeat. */
  public boolean isClassic() {
    return profile.classicMemberMetadata() != null;
  }

  /** Whether it is a static member that left and said that it will be back. */
  public boolean isAway() {
    return position.epoch() == Position.AWAY;
  }

  /** Whether it has a partition since {@code epoch} or longer. */
  public boolean had(Uuid topicId, int partition, int epoch) {
    Integer since = position.assigned().epoch(topicId, partition);
    Integer leaving = position.revoking().epoch(topicId, partition);
    return (since != null && since <= epoch) || (leaving != null && leaving <= epoch);
  }

  ConsumerMember with(ConsumerGroupMemberMetadataValue changed) {
    return new ConsumerMember(id, changed, position);
  }

  ConsumerMember with(Position changed) {
    return new ConsumerMember(id, profile, changed);
  }
}
