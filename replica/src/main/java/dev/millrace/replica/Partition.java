package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchRules;
import dev.millrace.wire.records.RecordBatch;
import java.util.List;

/** One partition of which this node has a copy. */
public final class Partition {
  private static final Bounds EMPTY = new Bounds(0, 0, 0, 0, 0);

  private final PartitionId id;

  Partition(PartitionId id) {
    this.id = id;
  }

  public PartitionId id() {
    return id;
  }

  public boolean isInternal() {
    return false;
  }

  public boolean isOpen() {
    return true;
  }

  public Bounds bounds() {
    return EMPTY;
  }

  public BatchRules batchRules() {
    return BatchRules.DEFAULT;
  }

  public boolean isLeader(int known) {
    return leaderError(known) == ErrorCode.NONE;
  }

  public ErrorCode leaderError(int known) {
    return ErrorCode.NOT_LEADER_OR_FOLLOWER;
  }

  public ErrorCode appendRefusal(boolean acksAll) {
    return leaderError(acksAll ? 0 : -1);
  }

  public AppendOutcome append(RecordBatch batch, AppendOrigin origin, boolean acksAll) {
    return new AppendOutcome.Refused(leaderError(0), "no leader of " + origin + batch + acksAll);
  }

  public Waiting whenCommitted(long endOffset, CommitListener listener) {
    listener.settled(leaderError((int) endOffset));
    return () -> {};
  }

  public ReadOutcome read(ReadQuery query) {
    return new ReadOutcome.Failed(leaderError(query.currentLeaderEpoch()));
  }

  public Waiting whenReadable(Reader reader, boolean committedOnly, long bytesSeen) {
    reader.disturbed();
    return () -> {};
  }

  public OffsetAnswer offset(OffsetQuery query) {
    return OffsetAnswer.failed(leaderError(query.currentLeaderEpoch()));
  }

  public EpochEnd epochEnd(int currentLeaderEpoch, int epoch) {
    return EpochEnd.failed(leaderError(currentLeaderEpoch));
  }

  public DeleteOutcome deleteRecords(long offset) {
    return DeleteOutcome.failed(leaderError((int) offset));
  }

  public List<ActiveProducer> producers() {
    return List.of();
  }
}
