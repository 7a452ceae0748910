package dev.millrace.replica;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.time.Clock;

/**
 * The rates to which a node keeps the copying of partitions; copies that are in sync are never held
 * back. Safe for any thread.
 *
 * @param leader what it gives of the copies that a topic throttles ({@code
 *     leader.replication.throttled.rate})
 * @param follower what it takes of those ({@code follower.replication.throttled.rate})
 * @param moves what it takes of copies that a reassignment adds ({@code
 *     millrace.move.bytes.per.second})
 * @param directories what it moves between its log directories ({@code
 *     replica.alter.log.dirs.io.max.bytes.per.second})
 */
record Quotas(
    ReplicationQuota leader,
    ReplicationQuota follower,
    ReplicationQuota moves,
    ReplicationQuota directories) {
  Quotas(Clock clock) {
    this(
        new ReplicationQuota(clock),
        new ReplicationQuota(clock),
        new ReplicationQuota(clock),
        new ReplicationQuota(clock));
  }

  /** Takes over the rates of a node's settings. */
  void rates(BrokerSettings settings) {
    leader.rate(settings.longValue("leader.replication.throttled.rate"));
    follower.rate(settings.longValue("follower.replication.throttled.rate"));
    moves.rate(settings.longValue("millrace.move.bytes.per.second"));
    directories.rate(settings.longValue("replica.alter.log.dirs.io.max.bytes.per.second"));
  }
}
