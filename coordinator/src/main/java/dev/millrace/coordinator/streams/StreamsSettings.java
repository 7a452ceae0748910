package dev.millrace.coordinator.streams;

import java.util.Map;

/**
 * The rules of one streams group.
 *
 * @param sessionTimeoutMs {@code streams.session.timeout.ms} of the group, else {@code
 *     group.streams.session.timeout.ms}
 * @param heartbeatIntervalMs {@code streams.heartbeat.interval.ms} of the group, else {@code
 *     group.streams.heartbeat.interval.ms}: how long members wait between heartbeats
 * @param briskHeartbeats whether members may be told to wait less while the node has few of them:
 *     nobody has chosen the interval
 * @param sizeMax {@code group.streams.max.size}, members
 * @param standbyReplicas {@code streams.num.standby.replicas}: copies of each state beside the one
 *     that is worked on
 * @param initialDelayMs {@code streams.initial.rebalance.delay.ms}: how long the first assignment
 *     of a group waits for more members
 * @param assignmentIntervalMs {@code streams.assignment.interval.ms}: the most that an assignment
 *     is put off after the one before
 * @param promptAssignments whether an assignment is put off only as long as its size asks for:
 *     nobody has chosen the interval
 */
public record StreamsSettings(
    int sessionTimeoutMs,
    int heartbeatIntervalMs,
    boolean briskHeartbeats,
    int sizeMax,
    int standbyReplicas,
    int initialDelayMs,
    int assignmentIntervalMs,
    boolean promptAssignments) {
  /** What Kafka has when nothing is set. */
  public static final StreamsSettings DEFAULTS =
      new StreamsSettings(45_000, 5_000, true, Integer.MAX_VALUE, 0, 3_000, 1_000, true);

  private static final String STANDBY_REPLICAS = "num.standby.replicas";

  /** The least that members wait between heartbeats when the node has few of them. */
  private static final int HEARTBEAT_INTERVAL_MIN_MS = 500;

  /** At most this many heartbeats a second come to a node on whose interval nobody has decided. */
  private static final int BRISK_BEATS_PER_SECOND = 200;

  /** What targets depend on, in the words of the group's record. */
  Map<String, String> assignmentConfigs() {
    return Map.of(STANDBY_REPLICAS, Integer.toString(standbyReplicas));
  }

  /** The same rules with the interval that suits a node with so many members. */
  public StreamsSettings forMembers(int nodeMembers) {
    if (!briskHeartbeats) {
      return this;
    }
    long suitedMs = nodeMembers * 1_000L / BRISK_BEATS_PER_SECOND;
    return new StreamsSettings(
        sessionTimeoutMs,
        Math.clamp(
            suitedMs,
            Math.min(HEARTBEAT_INTERVAL_MIN_MS, heartbeatIntervalMs),
            heartbeatIntervalMs),
        true,
        sizeMax,
        standbyReplicas,
        initialDelayMs,
        assignmentIntervalMs,
        promptAssignments);
  }
}
