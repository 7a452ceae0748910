package dev.millrace.replica;

import dev.millrace.log.AppendResult;
import dev.millrace.log.LeaderEpochs;
import dev.millrace.log.PartitionLog;
import dev.millrace.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The copy of this node as it follows one leader in one epoch. What a fetcher does to the log goes
 * through here and ends here: once it {@link #isOver}, nothing is changed any more.
 *
 * <p>Safe for any thread. Its own lock is held while the log is cut, which waits for the disk, so
 * that nobody begins to lead a log that is being cut. It is taken before the partition's lock.
 */
public final class Following {
  private static final System.Logger LOGGER = System.getLogger(Following.class.getName());

  private final Partition partition;
  private final int leader;
  private final int leaderEpoch;
  private volatile Standing standing = new Standing(false, false);
  private volatile boolean over;
  private volatile boolean hasNoRoom;
  private @Nullable Runnable whenOver;

  // guarded by the partition's lock
  private long leaderHighWatermark;
  private long awaitedEnd = Long.MAX_VALUE;
  private @Nullable Runnable whenDurable;

  Following(Partition partition, int leader, int leaderEpoch) {
    this.partition = partition;
    this.leader = leader;
    this.leaderEpoch = leaderEpoch;
  }

  /**
   * What the metadata says of a copy.
   *
   * @param trusted whether it counts on the copy to hold what is acknowledged
   * @param added whether a reassignment adds it
   */
  record Standing(boolean trusted, boolean added) {}

  /**
   * Where a copy stands.
   *
   * @param endOffset the next offset that it wants
   * @param lastEpoch leader epoch of its last record, -1 when it has none
   * @param logStartOffset where its log begins
   * @param highWatermark that it knows
   */
  public record Position(long endOffset, int lastEpoch, long logStartOffset, long highWatermark) {}

  /** Which partition it is. */
  public PartitionId id() {
    return partition.id();
  }

  /** Broker id of the leader. */
  public int leader() {
    return leader;
  }

  public int leaderEpoch() {
    return leaderEpoch;
  }

  /** Whether this node leads, follows somebody else, or gave the partition up. */
  public boolean isOver() {
    return over;
  }

  /** Has {@code task} run when this is over, on any thread; at once when it is. */
  public void whenOver(Runnable task) {
    synchronized (this) {
      if (!over) {
        whenOver = task;
        return;
      }
    }
    task.run();
  }

  /** Where the copy ends, begins and what its leader has to know of it: the next question. */
  public Position position() {
    return new Position(
        log().endOffset(),
        log().lastEpoch(),
        log().startOffset(),
        partition.bounds().highWatermark());
  }

  /**
   * Appends what the leader has, as it is. Does not wait for the disk; {@link #whenDurable} tells
   * when it is safe.
   *
   * @param batches whole batches, checked
   * @param highWatermark of the leader
   */
  public synchronized CopyOutcome append(ByteBuffer batches, long highWatermark) {
    if (over) {
      return CopyOutcome.Over.INSTANCE;
    }
    return switch (partition.copied(batches, this, highWatermark)) {
      case AppendResult.Appended done -> {
        hasNoRoom = false;
        yield new CopyOutcome.Done(done.endOffset());
      }
      case AppendResult.Refused refused -> {
        // anything but a full disk takes the log directory offline
        hasNoRoom =
            refused.error() == ErrorCode.KAFKA_STORAGE_ERROR && log().status() == ErrorCode.NONE;
        yield new CopyOutcome.Failed(refused.message());
      }
      case AppendResult.Duplicate twin ->
          throw new IllegalStateException("copied batch was judged like a client's: " + twin);
    };
  }

  /** Whether what came last could not be written: the disk is full. */
  public boolean hasNoRoom() {
    return hasNoRoom;
  }

  /** Learns the leader's high watermark from an answer without records. */
  public void learn(long highWatermark) {
    partition.role().learn(this, highWatermark);
  }

  /**
   * Has {@code task} run, on any thread, when everything in the log is as safe as the topic's flush
   * policy asks, or when this is over. One task waits at a time.
   */
  public void whenDurable(Runnable task) {
    if (partition.role().awaitDurable(this, task)) {
      log().requestSync();
    } else {
      task.run();
    }
  }

  /**
   * Cuts off what the leader does not have (KIP-279, KIP-595). Waits for the disk.
   *
   * @param epoch the largest epoch of the leader that is not above that of the own last record
   * @param endOffset where that epoch ends there
   */
  public synchronized CopyOutcome truncate(int epoch, long endOffset) {
    if (over) {
      return CopyOutcome.Over.INSTANCE;
    }
    LeaderEpochs.End own = log().epochEnd(epoch);
    long to = own.epoch() == epoch ? Math.min(endOffset, own.endOffset()) : own.endOffset();
    to = own.endOffset() == LeaderEpochs.UNKNOWN ? endOffset : to;
    if (to >= log().endOffset()) {
      return failed("leader's epochs do not fit, epoch=" + epoch + " endOffset=" + endOffset);
    }
    if (!mayGiveUp(Math.max(to, log().startOffset()))) {
      return failed(
          "leader lacks records below the high watermark and this copy is in sync, epochEnd=" + to);
    }
    boolean done =
        to <= log().startOffset() ? log().keeping().restartAt(log().startOffset()) : cut(to);
    return finished(done);
  }

  private boolean cut(long to) {
    return log().keeping().truncateTo(to);
  }

  /**
   * Forgets the whole log and begins anew where the leader's begins: the leader has nothing that
   * continues it. Waits for the disk.
   */
  public synchronized CopyOutcome restart(long leaderStartOffset) {
    if (over) {
      return CopyOutcome.Over.INSTANCE;
    }
    boolean isBehind = leaderStartOffset > log().endOffset();
    if (!isBehind && !mayGiveUp(leaderStartOffset)) {
      return failed("leader's log does not reach this copy, which is in sync");
    }
    return finished(log().keeping().restartAt(leaderStartOffset));
  }

  /** The leader has deleted what is before an offset, so this copy does. Waits for the disk. */
  public synchronized CopyOutcome trim(long leaderStartOffset) {
    if (over) {
      return CopyOutcome.Over.INSTANCE;
    }
    long to = Math.min(leaderStartOffset, log().endOffset());
    if (to > log().startOffset()) {
      log().keeping().deleteRecords(to);
      partition.trimmed();
    }
    return log().status() == ErrorCode.NONE
        ? new CopyOutcome.Done(log().endOffset())
        : failed("log directory is offline");
  }

  /** Runs a change of the partition while nothing is appended or cut here. */
  synchronized boolean undisturbed(BooleanSupplier change) {
    return change.getAsBoolean();
  }

  private PartitionLog log() {
    return partition.log();
  }

  /** Takes over what the metadata says. */
  void standing(Standing now) {
    standing = now;
  }

  /**
   * Notes that so many bytes were fetched.
   *
   * @return how long to wait before the next fetch, ms: a copy that is in sync never waits
   */
  public long throttleMs(long bytes) {
    Standing now = standing;
    return now.trusted ? 0 : partition.copying().tookMs(bytes, now.added);
  }

  /** Ends it; waits until nothing is being changed. The partition's lock is not held. */
  void end() {
    Runnable task;
    synchronized (this) {
      over = true;
      task = whenOver;
      whenOver = null;
    }
    if (task != null) {
      task.run();
    }
  }

  /** Under the partition's lock. */
  void heard(long highWatermark) {
    leaderHighWatermark = Math.max(leaderHighWatermark, highWatermark);
  }

  /** Under the partition's lock. */
  long leaderHighWatermark() {
    return leaderHighWatermark;
  }

  /** Under the partition's lock. */
  void await(long endOffset, Runnable task) {
    awaitedEnd = endOffset;
    whenDurable = task;
  }

  /** Takes out the task that waits for this durable end, or null. Under the partition's lock. */
  @Nullable Runnable pollDurable(long durableEnd) {
    if (durableEnd < awaitedEnd) {
      return null;
    }
    Runnable task = whenDurable;
    awaitedEnd = Long.MAX_VALUE;
    whenDurable = null;
    return task;
  }

  /**
   * Below the high watermark nothing is given up, unless this copy is not trusted: then its leader
   * was elected without having everything, which somebody has allowed.
   */
  private boolean mayGiveUp(long to) {
    long highWatermark = partition.bounds().highWatermark();
    if (to >= highWatermark) {
      return true;
    }
    if (!standing.trusted) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "giving up records below the high watermark that the elected leader does not have,"
              + " partition={0} leaderEpoch={1} highWatermark={2} from={3}",
          partition.id(),
          leaderEpoch,
          highWatermark,
          to);
    }
    return !standing.trusted;
  }

  private CopyOutcome finished(boolean done) {
    if (!done) {
      return failed("log directory is offline");
    }
    partition.cut();
    return new CopyOutcome.Done(log().endOffset());
  }

  private CopyOutcome failed(String why) {
    return new CopyOutcome.Failed(
        why + ", partition=" + partition.id() + " logEnd=" + log().endOffset());
  }
}
