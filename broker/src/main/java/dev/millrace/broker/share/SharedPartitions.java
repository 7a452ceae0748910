package dev.millrace.broker.share;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.deadletter.DeadLetterQueue;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The partitions of this node that share groups read. Safe for any thread. */
final class SharedPartitions {
  private final Parts parts;
  private final ConcurrentMap<ShareKey, SharedPartition> shared = new ConcurrentHashMap<>();

  /**
   * What they stand on.
   *
   * @param turns where their timers run; blocks on nothing
   */
  record Parts(
      Partitions partitions,
      DiskWork diskWork,
      StateStore store,
      ShareRules rules,
      DeadLetterQueue deadLetters,
      Turns turns,
      Clock clock) {}

  SharedPartitions(Parts parts) {
    this.parts = parts;
  }

  Parts parts() {
    return parts;
  }

  /** A partition that somebody has used before, or null. */
  @Nullable SharedPartition find(ShareKey key) {
    SharedPartition found = shared.get(key);
    return found != null && found.isCurrent() ? found : null;
  }

  /** A partition as the group reads it, or null when this node does not lead it. */
  @Nullable SharedPartition open(ShareKey key) {
    SharedPartition found = shared.get(key);
    if (found != null) {
      if (found.isCurrent()) {
        return found;
      }
      found.close(new SharedPartition.Result(ErrorCode.NOT_LEADER_OR_FOLLOWER, null));
    }
    Partition log = parts.partitions().find(key.topicId(), key.partition());
    if (log == null || !log.isLeader(-1)) {
      return null;
    }
    SharedPartition made = new SharedPartition(key, parts, log, one -> shared.remove(key, one));
    SharedPartition other = shared.putIfAbsent(key, made);
    if (other != null) {
      return other;
    }
    made.load();
    return made;
  }

  /** Why {@link #open} gave none. */
  ErrorCode whyAbsent(ShareKey key) {
    Partition log = parts.partitions().find(key.topicId(), key.partition());
    return log == null
        ? parts.partitions().whyAbsent(key.topicId(), key.partition())
        : log.leaderError(-1);
  }

  /** Gives up those that moved away. */
  void dropWhere(Predicate<ShareKey> which) {
    shared.forEach((key, one) -> {
      if (which.test(key)) {
        one.close(new SharedPartition.Result(ErrorCode.NOT_LEADER_OR_FOLLOWER, null));
      }
    });
  }

  /** The last member of a group has gone from here. */
  void groupLeft(String groupId) {
    shared.forEach((key, one) -> {
      if (key.groupId().equals(groupId)) {
        one.leave();
      }
    });
  }

  /** A member of a group has come. */
  void groupCame(String groupId) {
    shared.forEach((key, one) -> {
      if (key.groupId().equals(groupId)) {
        one.enter();
      }
    });
  }

  /** Gives up all. */
  void close() {
    dropWhere(_ -> true);
  }
}
