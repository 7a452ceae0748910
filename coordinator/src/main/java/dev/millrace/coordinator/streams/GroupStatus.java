package dev.millrace.coordinator.streams;

import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.Status;

/** What members are told about their group beside their tasks (KIP-1071). */
public enum GroupStatus {
  /** The member's topology is older than the group's. */
  STALE_TOPOLOGY(0),
  /** Topics of users are not there. */
  MISSING_SOURCE_TOPICS(1),
  /** Topics that are joined, or a topic and its changelog, do not fit each other. */
  INCORRECTLY_PARTITIONED_TOPICS(2),
  /** Internal topics are not there; the broker creates them. */
  MISSING_INTERNAL_TOPICS(3),
  /** A member has asked the whole application to end. */
  SHUTDOWN_APPLICATION(4),
  /** Tasks are given out later, when more members have come. */
  ASSIGNMENT_DELAYED(5);

  private final byte code;

  GroupStatus(int code) {
    this.code = (byte) code;
  }

  public byte code() {
    return code;
  }

  /**
   * The status as members hear it.
   *
   * @param detail for people
   */
  Status saying(String detail) {
    return new Status(code, detail);
  }
}
