package dev.millrace.coordinator.group;

/** The settings of the groups of a node. */
public record GroupSettings(Membership membership, Offsets offsets) {
  /** What Kafka has when nothing is set. */
  public static final GroupSettings DEFAULTS =
      new GroupSettings(
          new Membership(6_000, 1_800_000, Integer.MAX_VALUE, 3_000, 300_000),
          new Offsets(4_096, 10_080L * 60_000, 600_000, 5_000));

  /**
   * Rules for members.
   *
   * @param sessionMinMs {@code group.min.session.timeout.ms}
   * @param sessionMaxMs {@code group.max.session.timeout.ms}
   * @param sizeMax {@code group.max.size}, members
   * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
   * @param newMemberJoinMs how long a new member may wait for its first generation
   */
  public record Membership(
      int sessionMinMs,
      int sessionMaxMs,
      int sizeMax,
      int initialRebalanceDelayMs,
      int newMemberJoinMs) {}

  /**
   * Rules for committed offsets.
   *
   * @param metadataLengthMax {@code offset.metadata.max.bytes}, counted in characters as Kafka does
   * @param retentionMs {@code offsets.retention.minutes}
   * @param retentionCheckMs {@code offsets.retention.check.interval.ms}
   * @param commitTimeoutMs {@code offsets.commit.timeout.ms}
   */
  public record Offsets(
      int metadataLengthMax, long retentionMs, long retentionCheckMs, long commitTimeoutMs) {}
}
