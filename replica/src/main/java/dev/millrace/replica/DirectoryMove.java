package dev.millrace.replica;

import dev.millrace.log.LogDirectory.Entry;
import dev.millrace.log.LogMove;
import dev.millrace.log.OpenResult;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.checkpoint.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One copy on its way from one log directory of this node to another. What it does to the disk is
 * done under its own lock, by whoever has its turn, and no more once it {@link #isOver}.
 */
final class DirectoryMove {
  private static final int SLICE_BYTES = 1 << 20;

  private final Partition partition;
  private final ReplicaDirectory from;
  private final ReplicaDirectory to;
  private final PartitionLog source;
  private volatile @Nullable LogMove copying;
  private volatile boolean over;
  private volatile boolean switched;

  /**
   * A move that is begun, or goes on.
   *
   * @param copying null when nothing was copied yet
   */
  DirectoryMove(
      Partition partition, ReplicaDirectory from, ReplicaDirectory to, @Nullable LogMove copying) {
    this.partition = partition;
    this.from = from;
    this.to = to;
    this.source = partition.log();
    this.copying = copying;
  }

  Partition partition() {
    return partition;
  }

  ReplicaDirectory from() {
    return from;
  }

  ReplicaDirectory to() {
    return to;
  }

  /** The log that is given up in the end. */
  PartitionLog source() {
    return source;
  }

  boolean isOver() {
    return over;
  }

  /** Whether the partition goes on with the copy in the new directory. */
  boolean isSwitched() {
    return switched;
  }

  /** Bytes of the future copy. */
  long sizeBytes() {
    LogMove now = copying;
    return now == null ? 0 : now.to().sizeBytes();
  }

  /** So many offsets the future copy is behind. */
  long lag() {
    LogMove now = copying;
    return now == null ? source.endOffset() - source.startOffset() : now.lag();
  }

  /** Ends it; waits for what is being done. The files stay as they are. */
  synchronized void end() {
    over = true;
  }

  /** Ends it before the node stops: what was taken over already must be found again. */
  synchronized void stop() {
    if (switched) {
      commit();
    }
    over = true;
  }

  /** Ends it and removes what was copied. */
  synchronized void abandon() {
    over = true;
    LogMove now = copying;
    if (now != null) {
      to.directory().remove(now.to());
    }
  }

  /** Copies a slice. Waits for the disk. */
  synchronized LogMove.Step copy() {
    if (over) {
      return new LogMove.Step.Level();
    }
    LogMove now = copying;
    if (now == null) {
      OpenResult opened = begin();
      if (!(opened instanceof OpenResult.Opened fresh)) {
        return new LogMove.Step.Failed(String.valueOf(opened));
      }
      now = new LogMove(source, fresh.log(), to.directory());
      copying = now;
    }
    return now.copy(partition.bounds().highWatermark(), SLICE_BYTES);
  }

  private OpenResult begin() {
    PartitionId id = partition.id();
    TopicPartition name = new TopicPartition(id.topic(), id.index());
    for (Entry left : to.directory().futures()) {
      if (left.partition().equals(name)) {
        to.directory().removeFuture(left);
      }
    }
    return to.directory().openFuture(name, id.topicId(), partition.settings().log());
  }

  /** Makes ready to take over. Waits for the disk. */
  synchronized boolean prepare() {
    LogMove now = copying;
    return !over && now != null && now.prepare();
  }

  /** Has the partition go on with the copy; false when there is too much left to copy. */
  synchronized boolean takeOver() {
    LogMove now = copying;
    switched = !over && now != null && partition.moveTo(now);
    return switched;
  }

  /** Makes the copy the one that counts. Waits for the disk. */
  synchronized boolean commit() {
    LogMove now = copying;
    return !over && now != null && now.commit();
  }

  /** Removes the old copy. Waits for the disk. */
  synchronized void retire() {
    LogMove now = copying;
    if (now != null) {
      now.retire(from.directory());
    }
  }

  @Override
  public String toString() {
    return "partition="
        + partition.id()
        + " from="
        + from.directory().path()
        + " to="
        + to.directory().path();
  }
}
