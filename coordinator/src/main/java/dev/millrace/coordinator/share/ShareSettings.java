package dev.millrace.coordinator.share;

/**
 * The settings of the share coordinator of a node.
 *
 * @param updatesPerSnapshot {@code share.coordinator.snapshot.update.records.per.snapshot}
 * @param writeTimeoutMs {@code share.coordinator.write.timeout.ms}
 * @param coldSnapshotMs {@code share.coordinator.cold.partition.snapshot.interval.ms}: a state
 *     whose snapshot is older gets a new one, so that the log before can go
 * @param pruneMs {@code share.coordinator.state.topic.prune.interval.ms}
 */
public record ShareSettings(
    int updatesPerSnapshot, int writeTimeoutMs, long coldSnapshotMs, long pruneMs) {
  /** What Kafka has when nothing is set. */
  public static final ShareSettings DEFAULTS = new ShareSettings(500, 5_000, 300_000, 300_000);
}
