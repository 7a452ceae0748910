package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue;
import org.jspecify.annotations.Nullable;

/**
 * A member of a streams group: one thread of the application.
 *
 * @param profile what it says about itself: record kind 19
 * @param position where it stands
 */
public record StreamsMember(String id, StreamsGroupMemberMetadataValue profile, Position position) {
  /** Nothing is said yet. The defaults of the record are empty texts instead. */
  public static final StreamsGroupMemberMetadataValue SILENT =
      StreamsGroupMemberMetadataValue.builder()
          .instanceId(null)
          .rackId(null)
          .topologyEpoch(-1)
          .userEndpoint(null)
          .build();

  /** A member of which nothing is known yet. */
  static StreamsMember unknown(String id) {
    return new StreamsMember(id, SILENT, Position.NEW);
  }

  /** The name that a static member keeps over restarts (KIP-345), or null. */
  public @Nullable String instanceId() {
    return profile.instanceId();
  }

  /** The process that it is part of: copies of a task's state belong to different ones. */
  public String processId() {
    return profile.processId();
  }

  /** Whether it is a static member that left and said that it will be back. */
  public boolean isAway() {
    return position.epoch() == Position.AWAY;
  }

  StreamsMember with(StreamsGroupMemberMetadataValue changed) {
    return new StreamsMember(id, changed, position);
  }

  StreamsMember with(Position changed) {
    return new StreamsMember(id, profile, changed);
  }
}
