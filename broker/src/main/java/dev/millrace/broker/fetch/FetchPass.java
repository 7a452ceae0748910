package dev.millrace.broker.fetch;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.broker.Leaders;
import dev.millrace.replica.Bounds;
import dev.millrace.replica.FollowerFetch;
import dev.millrace.replica.Partition;
import dev.millrace.replica.ReadOutcome;
import dev.millrace.replica.ReadOutcome.Diverged;
import dev.millrace.replica.ReadOutcome.Failed;
import dev.millrace.replica.ReadOutcome.Found;
import dev.millrace.replica.ReadQuery;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchResponse.AbortedTransaction;
import dev.millrace.wire.message.FetchResponse.EpochEndOffset;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look at the partitions of a fetch, in order, taking from each what the limits still allow.
 * The first batch of the first partition that has one is taken whatever its size (KIP-74).
 *
 * <p>A look on an event loop takes recent bytes only and gives up at the first partition that would
 * have to give others; a look of an owner that may wait takes all, and brings them into memory.
 */
final class FetchPass {
  /** So often the place of a follower that does not move is noted. */
  private static final long NOTE_MS = 500;

  private final FetchHandler.Parts parts;
  private final FetchLimits limits;
  private final List<FetchTurn.Outcome> outcomes = new ArrayList<>();
  private final boolean mayWait;
  private final long nowMs;
  private int bytes;
  private boolean news;
  private boolean urgent;
  private boolean sendsAway;
  private boolean gaveUp;

  private FetchPass(FetchHandler.Parts parts, FetchLimits limits, boolean mayWait) {
    this.parts = parts;
    this.limits = limits;
    this.mayWait = mayWait;
    this.nowMs = limits.follower() == null ? 0 : parts.partitions().clock().monotonicMs();
  }

  /** Looks without waiting for the disk; null when that can't be done. */
  static @Nullable FetchPass onLoop(FetchTurn turn, FetchHandler.Parts parts, FetchLimits limits) {
    FetchPass pass = new FetchPass(parts, limits, false);
    pass.look(turn);
    return pass.gaveUp ? null : pass;
  }

  /** Looks and waits for the disk where it is needed. */
  static FetchPass onReader(FetchTurn turn, FetchHandler.Parts parts, FetchLimits limits) {
    FetchPass pass = new FetchPass(parts, limits, true);
    pass.look(turn);
    return pass;
  }

  /** What was found; in an incremental answer partitions without news may be missing. */
  List<FetchTurn.Outcome> outcomes() {
    return outcomes;
  }

  /** Whether there is something that must not wait: bytes enough, or an error. */
  boolean isEnough() {
    return urgent || bytes >= limits.bytesMin();
  }

  /** Whether the client does not know some high watermark or log start that was seen. */
  boolean hasNews() {
    return news;
  }

  /** Whether some partition is not led here. */
  boolean sendsAway() {
    return sendsAway;
  }

  /** Bytes of records found. */
  int bytes() {
    return bytes;
  }

  private void look(FetchTurn turn) {
    for (FetchTarget target : turn.targets()) {
      if (gaveUp) {
        return;
      }
      look(target, turn.changesOnly());
    }
  }

  private void look(FetchTarget target, boolean changesOnly) {
    Partition partition = resolve(target);
    if (partition == null) {
      fail(target, whyAbsent(target));
      return;
    }
    if (limits.follower() != null) {
      follow(target, partition, limits.follower(), changesOnly);
      return;
    }
    Bounds bounds = partition.bounds();
    FetchPartition wanted = target.wanted();
    target.saw(bounds.bytes(limits.committedOnly()));
    if (changesOnly
        && wanted.fetchOffset() == bounds.end(limits.committedOnly())
        && target.knows(bounds.highWatermark(), bounds.logStartOffset())
        && partition.isLeader(wanted.currentLeaderEpoch())
        && wanted.lastFetchedEpoch() == ReadQuery.NO_EPOCH) {
      return;
    }
    int near = nearest(partition, wanted);
    if (near >= 0) {
      refer(target, bounds, near);
      return;
    }
    boolean hasMore = wanted.fetchOffset() < bounds.end(limits.committedOnly());
    if (hasMore && !mayWait && !partition.isRecent(wanted.fetchOffset())) {
      gaveUp = true;
      return;
    }
    ReadQuery query = query(wanted);
    take(
        target,
        partition,
        limits.rack() != null ? partition.readCopy(query) : partition.read(query));
  }

  private int nearest(Partition partition, FetchPartition wanted) {
    String rack = limits.rack();
    return rack == null || rack.isEmpty()
        ? -1
        : parts.partitions().nearest(partition, rack, wanted.fetchOffset());
  }

  /** Sends the consumer to another copy. */
  private void refer(FetchTarget target, Bounds bounds, int broker) {
    urgent = true;
    PartitionData.Builder data = success(target, bounds);
    data.records(RecordBytes.EMPTY)
        .abortedTransactions(limits.committedOnly() ? List.of() : null)
        .preferredReadReplica(broker);
    add(target, data.build());
  }

  /** A look for a follower: to the log end. What it asks for tells how far it is. */
  private void follow(
      FetchTarget target, Partition partition, FetchLimits.Follower follower, boolean changesOnly) {
    FetchPartition wanted = target.wanted();
    Bounds bounds = partition.bounds();
    boolean hasMore = wanted.fetchOffset() != partition.logEndOffset();
    if (changesOnly
        && !hasMore
        && !target.isToBeNoted(nowMs, NOTE_MS)
        && target.knows(bounds.highWatermark(), bounds.logStartOffset())
        && partition.isLeader(wanted.currentLeaderEpoch())) {
      return;
    }
    if (hasMore && partition.copying().isHeldBack(follower.broker())) {
      target.saw(partition.appendedBytes());
      add(target, success(target, bounds).records(RecordBytes.EMPTY).build());
      return;
    }
    if (hasMore && !mayWait && !partition.isRecent(wanted.fetchOffset())) {
      gaveUp = true;
      return;
    }
    target.saw(partition.appendedBytes());
    target.noted(nowMs);
    FollowerFetch fetch =
        new FollowerFetch(
            follower.broker(),
            follower.brokerEpoch(),
            wanted.logStartOffset(),
            wanted.replicaDirectoryId().equals(FollowerFetch.NO_ROOM),
            query(wanted));
    long seen = target.bytesSeen();
    take(target, partition, partition.read(fetch));
    target.saw(seen);
  }

  private ReadQuery query(FetchPartition wanted) {
    int bytesLeft = Math.max(limits.bytesMax() - bytes, 0);
    return new ReadQuery(
        wanted.fetchOffset(),
        wanted.currentLeaderEpoch(),
        wanted.lastFetchedEpoch(),
        Math.clamp(wanted.partitionMaxBytes(), 0, bytesLeft),
        bytes == 0,
        limits.committedOnly());
  }

  private void take(FetchTarget target, Partition partition, ReadOutcome outcome) {
    switch (outcome) {
      case Found found -> take(target, partition, found);
      case Diverged diverged -> {
        urgent = true;
        PartitionData.Builder data = success(target, diverged.bounds());
        data.records(RecordBytes.EMPTY)
            .divergingEpoch(new EpochEndOffset(diverged.epoch(), diverged.endOffset()));
        add(target, data.build());
      }
      case Failed(ErrorCode error)
          when error == ErrorCode.OFFSET_OUT_OF_RANGE && limits.follower() != null -> {
        urgent = true;
        long start = partition.bounds().logStartOffset();
        // a follower begins anew there, and needs not ask where that is
        add(target, failure(target, error, start));
      }
      case Failed(ErrorCode error)
          when error == ErrorCode.OFFSET_OUT_OF_RANGE && isBeyond(target, partition) ->
          fail(target, ErrorCode.NOT_LEADER_OR_FOLLOWER);
      case Failed failed -> fail(target, failed.error());
    }
  }

  /**
   * Whether a consumer knows of records that this copy does not have, while somebody else leads or
   * may lead by now: it is to look for that one, and not to begin anew because of what is said
   * here.
   */
  private boolean isBeyond(FetchTarget target, Partition partition) {
    boolean isDoubtful = partition.hasOtherCopies() && !parts.isCertain().getAsBoolean();
    return target.wanted().fetchOffset() > partition.logEndOffset()
        && (isDoubtful || partition.leaderError(-1) != ErrorCode.NONE);
  }

  private void take(FetchTarget target, Partition partition, Found found) {
    target.saw(found.bounds().bytes(limits.committedOnly()));
    RecordBytes records = found.records();
    if (!found.recent()
        && records instanceof RecordBytes.InFile inFile
        && !load(partition, target.wanted().fetchOffset(), inFile.region())) {
      fail(target, ErrorCode.KAFKA_STORAGE_ERROR);
      return;
    }
    bytes += records.size();
    if (limits.follower() != null) {
      partition.copying().gave(limits.follower().broker(), records.size());
    }
    Bounds bounds = found.bounds();
    news |= !target.knows(bounds.highWatermark(), bounds.logStartOffset());
    PartitionData.Builder data = success(target, bounds);
    data.records(records).abortedTransactions(aborted(found.aborted()));
    add(target, data.build());
  }

  /**
   * Has the bytes in memory, so that sending them waits for nothing. Those that the disk gave, and
   * all that go to a follower, are held against their checksums first: what is damaged here must
   * not be copied, and somebody else shall lead. Of an only copy consumers get what there is, and
   * see for themselves which batch is damaged.
   */
  private boolean load(Partition partition, long offset, FileRegion region) {
    boolean isNew = true;
    try {
      isNew = !region.file().isResident(region.position(), region.length());
      if (isNew) {
        region.file().load(region.position(), region.length());
        partition.loaded(region.length());
      }
    } catch (DiskException fault) {
      // looked at once more where the log judges what a fault means
      boolean _ = partition.isIntact(offset, region.length());
      return false;
    }
    boolean matters = limits.follower() != null || (isNew && partition.hasOtherCopies());
    return !matters || partition.isIntact(offset, region.length());
  }

  private static @Nullable List<AbortedTransaction> aborted(
      @Nullable List<ReadOutcome.AbortedTransaction> transactions) {
    if (transactions == null) {
      return null;
    }
    return transactions.stream()
        .map(one -> new AbortedTransaction(one.producerId(), one.firstOffset()))
        .toList();
  }

  private static PartitionData.Builder success(FetchTarget target, Bounds bounds) {
    return PartitionData.builder()
        .partitionIndex(target.index())
        .highWatermark(bounds.highWatermark())
        .lastStableOffset(bounds.lastStableOffset())
        .logStartOffset(bounds.logStartOffset());
  }

  private void fail(FetchTarget target, ErrorCode error) {
    urgent = true;
    sendsAway |= Leaders.areElsewhere(error);
    add(target, failure(target, error, -1));
  }

  private static PartitionData failure(FetchTarget target, ErrorCode error, long logStartOffset) {
    return PartitionData.builder()
        .partitionIndex(target.index())
        .errorCode(error)
        .highWatermark(-1)
        .lastStableOffset(-1)
        .logStartOffset(logStartOffset)
        .records(RecordBytes.EMPTY)
        .build();
  }

  private void add(FetchTarget target, PartitionData data) {
    outcomes.add(new FetchTurn.Outcome(target, data));
  }

  private @Nullable Partition resolve(FetchTarget target) {
    Partition known = target.partition();
    if (known != null && known.isOpen()) {
      return known;
    }
    Partition found =
        isById(target)
            ? parts.partitions().find(target.topicId(), target.index())
            : parts.partitions().find(target.topic(), target.index());
    target.resolved(found);
    return found;
  }

  private ErrorCode whyAbsent(FetchTarget target) {
    return isById(target)
        ? parts.partitions().whyAbsent(target.topicId(), target.index())
        : parts.partitions().whyAbsent(target.topic(), target.index());
  }

  private static boolean isById(FetchTarget target) {
    return !target.topicId().equals(Uuid.ZERO);
  }
}
