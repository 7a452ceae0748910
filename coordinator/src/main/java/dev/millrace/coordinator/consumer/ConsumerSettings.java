package dev.millrace.coordinator.consumer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one group of the consumer protocol.
 *
 * @param sessionTimeoutMs {@code consumer.session.timeout.ms} of the group, else {@code
 *     group.consumer.session.timeout.ms}
 * @param heartbeatIntervalMs {@code consumer.heartbeat.interval.ms} of the group, else {@code
 *     group.consumer.heartbeat.interval.ms}: how long members wait between heartbeats
 * @param briskHeartbeats whether members may be told to wait less while the node has few of them:
 *     nobody has chosen the interval
 * @param promptAssignments whether an assignment is put off only as long as its size asks for:
 *     nobody has chosen the interval
 * @param sizeMax {@code group.consumer.max.size}, members
 * @param assignors {@code group.consumer.assignors}; the first is taken when members name none
 * @param assignmentIntervalMs {@code group.consumer.assignment.interval.ms}: the most that an
 *     assignment is put off after the one before
 * @param migration {@code group.consumer.migration.policy}
 */
public record ConsumerSettings(
    int sessionTimeoutMs,
    int heartbeatIntervalMs,
    boolean briskHeartbeats,
    boolean promptAssignments,
    int sizeMax,
    List<Assignor> assignors,
    int assignmentIntervalMs,
    Migration migration) {
  /** What Kafka has when nothing is set. */
  public static final ConsumerSettings DEFAULTS =
      new ConsumerSettings(
          45_000,
          5_000,
          true,
          true,
          Integer.MAX_VALUE,
          List.of(new UniformAssignor(), new RangeAssignor()),
          1_000,
          Migration.BIDIRECTIONAL);

  /** The least that members wait between heartbeats when the node has few of them. */
  private static final int HEARTBEAT_INTERVAL_MIN_MS = 500;

  /** At most this many heartbeats a second come to a node on whose interval nobody has decided. */
  private static final int BRISK_BEATS_PER_SECOND = 200;

  /** The same rules with the interval that suits a node with so many members. */
  public ConsumerSettings forMembers(int nodeMembers) {
    if (!briskHeartbeats) {
      return this;
    }
    long suitedMs = nodeMembers * 1_000L / BRISK_BEATS_PER_SECOND;
    return new ConsumerSettings(
        sessionTimeoutMs,
        Math.clamp(
            suitedMs,
            Math.min(HEARTBEAT_INTERVAL_MIN_MS, heartbeatIntervalMs),
            heartbeatIntervalMs),
        true,
        promptAssignments,
        sizeMax,
        assignors,
        assignmentIntervalMs,
        migration);
  }

  /** Which groups with members may change their protocol. */
  public enum Migration {
    DISABLED,
    /** From classic to consumer. */
    UPGRADE,
    /** From consumer to classic. */
    DOWNGRADE,
    BIDIRECTIONAL;

    public boolean upgrades() {
      return this == UPGRADE || this == BIDIRECTIONAL;
    }

    public boolean downgrades() {
      return this == DOWNGRADE || this == BIDIRECTIONAL;
    }
  }

  /** The assignor of a name, or the first one for null. */
  Assignor assignor(@Nullable String name) {
    for (Assignor assignor : assignors) {
      if (assignor.name().equals(name)) {
        return assignor;
      }
    }
    return assignors.getFirst();
  }

  boolean has(String assignorName) {
    return assignors.stream().anyMatch(assignor -> assignor.name().equals(assignorName));
  }
}
