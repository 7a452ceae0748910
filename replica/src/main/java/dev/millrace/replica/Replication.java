package dev.millrace.replica;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;

/**
 * What partitions with several copies need of the world.
 *
 * @param copier copies the partitions that this node follows
 * @param inSyncChanges the way to the controller
 * @param whereabouts hears in which log directories copies are
 */
public record Replication(
    Copier copier, InSyncChanges inSyncChanges, Whereabouts whereabouts, Clock clock) {
  /** A node that has no peers: nothing is copied, and nothing is proposed. */
  public static final Replication ALONE =
      new Replication(
          following -> {}, (proposal, told) -> {}, (partition, at) -> {}, SystemClock.INSTANCE);

  /** For one whose copies have no choice of directories. */
  public Replication(Copier copier, InSyncChanges inSyncChanges, Clock clock) {
    this(copier, inSyncChanges, (partition, at) -> {}, clock);
  }
}
