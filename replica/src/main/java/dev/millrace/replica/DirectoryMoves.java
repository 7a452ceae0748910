package dev.millrace.replica;

import dev.millrace.base.turns.Turns;
import dev.millrace.log.LogMove;
import dev.millrace.quorum.image.PartitionImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Moves copies between the log directories of this node (KIP-113), a few at a time, slice by slice,
 * at the rate of {@code replica.alter.log.dirs.io.max.bytes.per.second}. Producers and consumers
 * notice nothing. What was begun goes on after a restart: {@code docs/decisions/0220}.
 *
 * <p>Belongs to the owner of the partitions; slices are copied by {@link DiskWork}.
 */
final class DirectoryMoves {
  private static final System.Logger LOGGER = System.getLogger(DirectoryMoves.class.getName());

  /** So many are copied at a time; the others wait. */
  private static final int ACTIVE_MAX = 2;

  /** After so long a move that failed is tried again. */
  private static final long RETRY_MS = 1000;

  /** After so long a partition to which too much was written is tried again. */
  private static final long AGAIN_MS = 5;

  private final Turns owner;
  private final DiskWork work;
  private final ReplicationQuota quota;
  private final LogEvents events;
  private final Whereabouts whereabouts;
  private final Map<Partition, DirectoryMove> moves = new LinkedHashMap<>();
  private final List<DirectoryMove> active = new ArrayList<>();

  DirectoryMoves(
      Turns owner,
      DiskWork work,
      ReplicationQuota quota,
      LogEvents events,
      Whereabouts whereabouts) {
    this.owner = owner;
    this.work = work;
    this.quota = quota;
    this.events = events;
    this.whereabouts = whereabouts;
  }

  /** Where a copy is on its way to, or null. */
  @Nullable ReplicaDirectory target(Partition partition) {
    DirectoryMove move = moves.get(partition);
    return move == null ? null : move.to();
  }

  /** Whether the new directory has taken over already; then the move can't be called off. */
  boolean isSettling(Partition partition) {
    DirectoryMove move = moves.get(partition);
    return move != null && move.isSwitched();
  }

  /**
   * Begins a move.
   *
   * @param copied what a former life has copied; null for nothing
   */
  void begin(
      Partition partition, ReplicaDirectory from, ReplicaDirectory to, @Nullable LogMove copied) {
    DirectoryMove move = new DirectoryMove(partition, from, to, copied);
    LOGGER.log(System.Logger.Level.INFO, "moving a copy to another log directory, {0}", move);
    moves.put(partition, move);
    to.addFuture(move);
    activate();
  }

  /** Calls a move off, if there is one, and removes what was copied. Waits for the disk. */
  void cancel(Partition partition) {
    DirectoryMove move = moves.get(partition);
    if (move != null && !move.isSwitched()) {
      LOGGER.log(System.Logger.Level.INFO, "move of a copy is called off, {0}", move);
      move.abandon();
      forget(move);
    }
  }

  /** The partition is given up: nothing of a move is left. Waits for the disk. */
  void gone(Partition partition) {
    DirectoryMove move = moves.get(partition);
    if (move != null && move.isSwitched()) {
      move.end();
      move.from().directory().remove(move.source());
      forget(move);
    } else {
      cancel(partition);
    }
  }

  /** Log directories went offline. */
  void review() {
    for (DirectoryMove move : List.copyOf(moves.values())) {
      boolean isLost = !move.from().isOnline() && !move.isSwitched();
      if (isLost || !move.to().isOnline()) {
        LOGGER.log(
            System.Logger.Level.WARNING, "move of a copy ends, a log directory failed, {0}", move);
        move.end();
        forget(move);
      }
    }
  }

  /** Ends all, for a later start to go on. Waits for what is being done. */
  void stop() {
    moves.values().forEach(DirectoryMove::stop);
    moves.clear();
    active.clear();
  }

  private void forget(DirectoryMove move) {
    moves.remove(move.partition());
    active.remove(move);
    move.to().removeFuture(move);
    activate();
  }

  private void activate() {
    for (DirectoryMove move : moves.values()) {
      if (active.size() < ACTIVE_MAX && !active.contains(move)) {
        active.add(move);
        work.submit(() -> step(move));
      }
    }
  }

  /** On a thread that may wait for the disk. */
  private void step(DirectoryMove move) {
    if (move.isOver()) {
      return;
    }
    switch (move.copy()) {
      case LogMove.Step.Copied copied -> {
        long rate = quota.rate();
        long waitMs = quota.delayMs(copied.bytes());
        Runnable next = () -> work.submit(() -> step(move));
        RateWait.after(owner, waitMs, () -> quota.rate() == rate, next);
      }
      case LogMove.Step.Failed failed -> failed(move, failed.why());
      case LogMove.Step.Level _ -> {
        if (move.prepare()) {
          owner.submit(() -> takeOver(move));
        } else {
          failed(move, "future copy could not be synced, or its directory's name is taken");
        }
      }
    }
  }

  private void failed(DirectoryMove move, String why) {
    if (!move.isOver() && move.to().isOnline() && move.from().isOnline()) {
      LOGGER.log(
          System.Logger.Level.WARNING, "copy is not moved, trying again: {0}, {1}", why, move);
      owner.after(RETRY_MS, () -> work.submit(() -> step(move)));
    }
  }

  private void takeOver(DirectoryMove move) {
    if (move.isOver()) {
      return;
    }
    if (!move.takeOver()) {
      owner.after(AGAIN_MS, () -> work.submit(() -> step(move)));
      return;
    }
    events.moved(move.partition(), move.source());
    move.from().remove(move.partition());
    move.to().add(move.partition());
    move.to().removeFuture(move);
    work.submit(() -> commit(move));
  }

  /** On a thread that may wait for the disk. */
  private void commit(DirectoryMove move) {
    if (move.isOver()) {
      return;
    }
    if (move.commit()) {
      move.partition().moved();
      owner.submit(() -> finish(move));
    } else {
      owner.after(RETRY_MS, () -> work.submit(() -> commit(move)));
    }
  }

  private void finish(DirectoryMove move) {
    if (move.isOver()) {
      return;
    }
    move.to().writeHighWatermarks();
    move.retire();
    if (!move.to().id().equals(PartitionImage.DIRECTORY_UNASSIGNED)) {
      whereabouts.tell(move.partition().id(), move.to().id());
    }
    LOGGER.log(System.Logger.Level.INFO, "copy was moved to another log directory, {0}", move);
    forget(move);
  }
}
