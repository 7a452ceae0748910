package dev.millrace.replica;

import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done about an operator's wishes where copies are to lie: a copy that is here begins to
 * move, one that is where it should be stops moving, and of one that comes later the place is
 * remembered. Belongs to the owner of the partitions.
 */
final class DirectoryWishes {
  private final Partitions partitions;
  private final List<ReplicaDirectory> directories;
  private final Placement placement;
  private final DirectoryMoves moves;

  DirectoryWishes(
      Partitions partitions,
      List<ReplicaDirectory> directories,
      Placement placement,
      DirectoryMoves moves) {
    this.partitions = partitions;
    this.directories = directories;
    this.placement = placement;
    this.moves = moves;
  }

  /** Begins what a wish asks for. Waits for the disk. */
  ErrorCode take(DirectoryWish wish) {
    ReplicaDirectory to = directory(wish.directory());
    if (to == null) {
      return ErrorCode.LOG_DIR_NOT_FOUND;
    }
    if (!to.isOnline()) {
      return ErrorCode.KAFKA_STORAGE_ERROR;
    }
    if (wish.index() < 0) {
      return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }
    TopicPartition name = new TopicPartition(wish.topic(), wish.index());
    if (!LogDirectory.canMove(name)) {
      return ErrorCode.INVALID_TOPIC_EXCEPTION;
    }
    Partition partition = partitions.find(wish.topic(), wish.index());
    if (partition == null) {
      ErrorCode why = partitions.whyAbsent(wish.topic(), wish.index());
      if (why == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
        placement.prefer(name, to);
        return ErrorCode.REPLICA_NOT_AVAILABLE;
      }
      return why;
    }
    return move(partition, to);
  }

  private ErrorCode move(Partition partition, ReplicaDirectory to) {
    ReplicaDirectory at = place(partition);
    if (at == null || !at.isOnline()) {
      return ErrorCode.KAFKA_STORAGE_ERROR;
    }
    ReplicaDirectory target = moves.target(partition);
    if (target == to) {
      return ErrorCode.NONE;
    }
    if (moves.isSettling(partition)) {
      // for a moment, until the copy that it left is gone
      return ErrorCode.REPLICA_NOT_AVAILABLE;
    }
    if (target != null) {
      moves.cancel(partition);
    }
    if (at != to) {
      moves.begin(partition, at, to, null);
    }
    return ErrorCode.NONE;
  }

  private @Nullable ReplicaDirectory place(Partition partition) {
    return directories.stream().filter(one -> one.contains(partition)).findFirst().orElse(null);
  }

  private @Nullable ReplicaDirectory directory(String path) {
    return directories.stream()
        .filter(one -> one.directory().path().toAbsolutePath().toString().equals(path))
        .findFirst()
        .orElse(null);
  }
}
