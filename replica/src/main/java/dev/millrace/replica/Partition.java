package dev.millrace.replica;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.log.AppendOrigin;
import dev.millrace.log.AppendResult;
import dev.millrace.log.FlushPolicy;
import dev.millrace.log.LeaderEpochs;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadResult;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.records.BatchRules;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One partition of which this node has a copy: what is acknowledged, what can be read, and who
 * waits for either.
 *
 * <p>The high watermark is the smallest durable end over the in-sync copies. There is one copy, so
 * it is the durable end of the own log: what group fdatasync has reported, or the log end when the
 * topic's {@code flush.policy} is {@code memory}. It never goes back. An append with acks=all is
 * committed when the high watermark is at its end, and consumers read below the high watermark
 * (read_committed: below the last stable offset), so nobody is told of a record that a power cut
 * can take back.
 *
 * <p>Safe for any thread. One short lock guards leadership, the waiting entries and the order of
 * appends against the end of a leadership; it is never held for a sync or a read. It is taken
 * before the log's own lock. Readers go by the published {@link Bounds} and take no lock.
 */
public final class Partition {
  private static final Set<String> INTERNAL_TOPICS =
      Set.of("__consumer_offsets", "__transaction_state", "__share_group_state");

  /** So many recent bytes or fewer are copied: the answer then leaves with one system call. */
  private static final int INLINE_BYTES_MAX = WireWriter.COPIED_BYTES_MAX;

  private final PartitionId id;
  private final boolean internal;
  private final PartitionLog log;
  private final RecentBytes recent;
  private final CommitWaits commits = new CommitWaits();
  private final ReadWaits reads = new ReadWaits();
  private final ByteMarks marks = new ByteMarks();
  private final Admissions admissions = new Admissions();
  private volatile PartitionSettings settings;
  private volatile Leadership leadership = Leadership.NONE;
  private volatile Bounds bounds;
  private volatile boolean open = true;

  /**
   * A copy that nobody leads yet.
   *
   * @param highWatermark a lower bound from a former life
   */
  Partition(
      PartitionId id,
      PartitionLog log,
      PartitionSettings settings,
      RecentBytes.Window window,
      long highWatermark) {
    this.id = id;
    this.internal = INTERNAL_TOPICS.contains(id.topic());
    this.log = log;
    this.settings = settings;
    this.recent = new RecentBytes(window);
    long start = log.startOffset();
    long known = Math.clamp(highWatermark, start, log.endOffset());
    this.bounds = new Bounds(start, known, log.lastStableOffset(known), 0, 0);
  }

  public PartitionId id() {
    return id;
  }

  /** Whether clients must not write here: the topic holds state of the cluster itself. */
  public boolean isInternal() {
    return internal;
  }

  /**
   * Whether the partition is still of this node; once false, another object may have taken over.
   */
  public boolean isOpen() {
    return open;
  }

  /** How far it can be read. */
  public Bounds bounds() {
    return bounds;
  }

  /** The leader epoch that this node knows. */
  public int leaderEpoch() {
    return leadership.epoch();
  }

  /** What batches of clients must be like. */
  public BatchRules batchRules() {
    return settings.rules();
  }

  /** Whether this node leads, in the epoch {@code known} unless that is -1. */
  public boolean isLeader(int known) {
    return leadership.error(known) == ErrorCode.NONE;
  }

  /** What a request is told that takes the leader to be in epoch {@code known} (-1: any). */
  public ErrorCode leaderError(int known) {
    return leadership.error(known);
  }

  /** Why an append would be refused before its bytes are looked at. */
  public ErrorCode appendRefusal(boolean acksAll) {
    Leadership now = leadership;
    if (!now.leads()) {
      return now.refusal();
    }
    return acksAll && now.inSync() < Math.min(settings.inSyncMin(), now.copies())
        ? ErrorCode.NOT_ENOUGH_REPLICAS
        : ErrorCode.NONE;
  }

  /**
   * Appends a batch that was checked already; its offset and leader epoch are written into its
   * bytes. The bytes are not needed afterwards. Runs to completion without waiting for the disk.
   *
   * @param acksAll whether the caller will wait for the commit, which needs enough in-sync copies
   */
  public AppendOutcome append(RecordBatch batch, AppendOrigin origin, boolean acksAll) {
    return append(batch, origin, acksAll, null);
  }

  /** Whether a producer's transaction of this epoch is open here: its batches need no admission. */
  public boolean isInTransaction(long producerId, short epoch) {
    return log.isInTransaction(producerId, epoch);
  }

  /** Holds a place for the first batch of a transaction, until its coordinator has spoken. */
  public synchronized Admission admission(long producerId) {
    return admissions.begin(producerId);
  }

  /** The batch of an admission does not come. */
  public synchronized void giveUp(Admission admission) {
    admissions.end(admission);
  }

  /**
   * Appends as {@link #append(RecordBatch, AppendOrigin, boolean)} does, unless the batch would
   * begin a transaction that ended since the admission. Where each transaction has an epoch of its
   * own, the epoch tells that.
   *
   * @param admission null for a batch that needs none
   */
  public AppendOutcome append(
      RecordBatch batch, AppendOrigin origin, boolean acksAll, @Nullable Admission admission) {
    AppendOutcome outcome;
    synchronized (this) {
      if (admission != null) {
        admissions.end(admission);
        if (admission.late
            && origin != AppendOrigin.BUMPING_CLIENT
            && !isInTransaction(batch.producerId(), batch.producerEpoch())) {
          return new AppendOutcome.Refused(
              ErrorCode.INVALID_TXN_STATE, "transaction has ended, the batch comes too late");
        }
      }
      ErrorCode refusal = appendRefusal(acksAll);
      if (refusal != ErrorCode.NONE) {
        return new AppendOutcome.Refused(refusal, "partition does not take appends");
      }
      int bytes = batch.sizeBytes();
      outcome =
          switch (log.append(batch.slice(), leadership.epoch(), origin)) {
            case AppendResult.Appended done -> {
              if (batch.isControl()) {
                admissions.ended(batch.producerId());
              }
              yield appended(done, bytes);
            }
            case AppendResult.Duplicate twin ->
                new AppendOutcome.Appended(
                    twin.baseOffset(), twin.endOffset(), twin.timestampMs(), twin.startOffset());
            case AppendResult.Refused refused ->
                new AppendOutcome.Refused(refused.error(), refused.message());
          };
    }
    settleCommitted();
    return outcome;
  }

  private AppendOutcome appended(AppendResult.Appended done, int bytes) {
    recent.appended(done.baseOffset(), bytes);
    marks.appended(done.endOffset(), bytes);
    if (settings.log().flush().policy() == FlushPolicy.MEMORY) {
      raise();
    }
    return new AppendOutcome.Appended(
        done.baseOffset(), done.endOffset(), done.appendTimeMs(), done.startOffset());
  }

  /**
   * Has {@code listener} told when the high watermark is at {@code endOffset}, or can't get there.
   * It may be told before this returns.
   *
   * @return a place that can be given up
   */
  public Waiting whenCommitted(long endOffset, CommitListener listener) {
    CommitWaits.Wait wait = new CommitWaits.Wait(endOffset, listener);
    ErrorCode refusal;
    synchronized (this) {
      refusal = leadership.refusal();
      if (refusal == ErrorCode.NONE && bounds.highWatermark() < endOffset) {
        commits.add(wait);
        return () -> leave(wait);
      }
    }
    listener.settled(refusal);
    return () -> {};
  }

  /**
   * Has {@code listener} told when all that was appended so far can be read, as far as the own disk
   * stands in between; at once where other copies have to follow too. As {@link #whenCommitted}.
   */
  public Waiting whenSynced(CommitListener listener) {
    boolean isAlone = leadership.inSync() <= 1;
    return whenCommitted(isAlone ? log.endOffset() : bounds.highWatermark(), listener);
  }

  private synchronized void leave(CommitWaits.Wait wait) {
    commits.remove(wait);
  }

  /** Whether reading from {@code offset} on waits for no disk: the bytes were appended lately. */
  public boolean isRecent(long offset) {
    return recent.isRecent(offset);
  }

  /** Notes that so many bytes that were not recent had to be read from the disk. */
  public void loaded(long bytes) {
    recent.loaded(bytes);
  }

  /**
   * Reads records that a consumer may see. The bytes stay where they lie. Unless the offset {@link
   * #isRecent}, this waits for the disk.
   */
  public ReadOutcome read(ReadQuery query) {
    ErrorCode error = leadership.error(query.currentLeaderEpoch());
    if (error != ErrorCode.NONE) {
      return new ReadOutcome.Failed(error);
    }
    Bounds now = bounds;
    if (query.lastFetchedEpoch() != ReadQuery.NO_EPOCH) {
      EpochEnd end = end(query.lastFetchedEpoch());
      if (end.endOffset() < query.offset() || end.epoch() != query.lastFetchedEpoch()) {
        return new ReadOutcome.Diverged(now, end.epoch(), end.endOffset());
      }
    }
    long end = now.end(query.committedOnly());
    return switch (log.read(query.offset(), query.bytesMax(), query.oneBatchAtLeast(), end)) {
      case ReadResult.Batches found -> found(query, now, found);
      case ReadResult.Nothing _ ->
          new ReadOutcome.Found(
              now, RecordBytes.EMPTY, query.committedOnly() ? List.of() : null, true);
      case ReadResult.OutOfRange _ -> new ReadOutcome.Failed(ErrorCode.OFFSET_OUT_OF_RANGE);
      case ReadResult.Failed failed -> new ReadOutcome.Failed(failed.error());
    };
  }

  private ReadOutcome found(ReadQuery query, Bounds now, ReadResult.Batches found) {
    FileRegion region = found.region();
    long upTo = Math.min(found.upToOffset(), now.lastStableOffset());
    List<ReadOutcome.AbortedTransaction> aborted =
        query.committedOnly() ? aborted(query.offset(), upTo) : null;
    boolean isRecent = recent.isRecent(found.baseOffset());
    if (!isRecent || region.length() > INLINE_BYTES_MAX) {
      return new ReadOutcome.Found(now, RecordBytes.of(region), aborted, isRecent);
    }
    try {
      ByteBuffer bytes = ByteBuffer.allocate(region.length());
      region.file().read(bytes, region.position());
      return new ReadOutcome.Found(now, RecordBytes.of(bytes.flip()), aborted, true);
    } catch (DiskException fault) {
      return new ReadOutcome.Failed(ErrorCode.KAFKA_STORAGE_ERROR);
    }
  }

  private List<ReadOutcome.AbortedTransaction> aborted(long from, long to) {
    return log.abortedTransactions(from, to).stream()
        .map(one -> new ReadOutcome.AbortedTransaction(one.producerId(), one.firstOffset()))
        .toList();
  }

  /**
   * Has {@code reader} told of everything that becomes readable beyond {@code bytesSeen}, and of
   * what disturbs its wait; of what has come since, before this returns.
   *
   * @param committedOnly whether the last stable offset counts instead of the high watermark
   * @param bytesSeen {@link Bounds#bytes} when the reader looked
   * @return its place, to be given up when the wait is over
   */
  public Waiting whenReadable(Reader reader, boolean committedOnly, long bytesSeen) {
    ReadWaits.Wait wait = new ReadWaits.Wait(reader, committedOnly);
    synchronized (this) {
      if (!leadership.leads()) {
        reader.disturbed();
      }
      long more = bounds.bytes(committedOnly) - bytesSeen;
      if (more > 0) {
        reader.grew(more);
      }
      reads.add(wait);
    }
    return () -> leave(wait);
  }

  private synchronized void leave(ReadWaits.Wait wait) {
    reads.remove(wait);
  }

  /** The offset that belongs to a time. May wait for the disk: {@link OffsetQuery#needsDisk}. */
  public OffsetAnswer offset(OffsetQuery query) {
    Leadership now = leadership;
    ErrorCode error = now.error(query.currentLeaderEpoch());
    return error == ErrorCode.NONE
        ? OffsetLookup.answer(log, now, bounds, query)
        : OffsetAnswer.failed(error);
  }

  /** Where {@code epoch} ends in the log, as far as this node knows. */
  public EpochEnd epochEnd(int currentLeaderEpoch, int epoch) {
    ErrorCode error = leadership.error(currentLeaderEpoch);
    return error == ErrorCode.NONE ? end(epoch) : EpochEnd.failed(error);
  }

  /**
   * Moves the log start to {@code offset}, or to the high watermark when it is -1. Waits for the
   * disk.
   */
  public DeleteOutcome deleteRecords(long offset) {
    if (internal) {
      return DeleteOutcome.failed(ErrorCode.INVALID_TOPIC_EXCEPTION);
    }
    Leadership now = leadership;
    if (!now.leads()) {
      return DeleteOutcome.failed(now.refusal());
    }
    if (!settings.deletable()) {
      return DeleteOutcome.failed(ErrorCode.POLICY_VIOLATION);
    }
    long highWatermark = bounds.highWatermark();
    long to = offset == OffsetQuery.LATEST ? highWatermark : offset;
    if (to < 0 || to > highWatermark) {
      return DeleteOutcome.failed(ErrorCode.OFFSET_OUT_OF_RANGE);
    }
    long start = log.keeping().deleteRecords(to);
    trimmed();
    return start < to
        ? DeleteOutcome.failed(log.status())
        : new DeleteOutcome(ErrorCode.NONE, start);
  }

  /**
   * Gives up what lies before {@code offset}: the coordinator whose state lies here does not need
   * it any more. Waits for the disk.
   */
  public void forget(long offset) {
    if (leadership.leads() && offset <= bounds.highWatermark()) {
      log.keeping().deleteRecords(offset);
      trimmed();
    }
  }

  /** The idempotent producers that the log remembers. */
  public List<ActiveProducer> producers() {
    return log.producers().stream()
        .map(one ->
            new ActiveProducer(
                one.id(),
                one.epoch(),
                one.lastSequence(),
                one.lastTimestampMs(),
                one.coordinatorEpoch(),
                one.openFirstOffset()))
        .toList();
  }

  /** Bytes of its segments. */
  long sizeBytes() {
    return log.sizeBytes();
  }

  PartitionLog log() {
    return log;
  }

  PartitionSettings settings() {
    return settings;
  }

  /** Applies other settings; what is weighed from now on is weighed by them. */
  void settings(PartitionSettings next) {
    synchronized (this) {
      settings = next;
      log.settings(next.log());
      raise();
    }
    settleCommitted();
  }

  /**
   * Leads from now on.
   *
   * @param epoch the leader epoch; when it is new, it begins at the log end
   * @param inSync number of copies in the in-sync set
   * @param copies number of copies
   */
  void lead(int epoch, int inSync, int copies) {
    synchronized (this) {
      if (!open || epoch < leadership.epoch()) {
        return;
      }
      long start = log.startEpoch(epoch);
      leadership = new Leadership(log.status(), epoch, start, inSync, copies);
      raise();
    }
    settleCommitted();
    log.requestSync();
  }

  /** Does not lead in {@code epoch}: whoever waits is sent away. */
  void follow(int epoch) {
    refuse(new Leadership(ErrorCode.NOT_LEADER_OR_FOLLOWER, epoch, Long.MAX_VALUE, 0, 0));
  }

  /** The disk failed: nothing is served any more. */
  void fail() {
    refuse(leadership.refusing(ErrorCode.KAFKA_STORAGE_ERROR));
  }

  /** Gives the partition up: it was deleted, or moved away, or the node stops. */
  void close(ErrorCode reason) {
    open = false;
    refuse(leadership.refusing(reason));
  }

  private void refuse(Leadership next) {
    synchronized (this) {
      leadership = next;
      reads.disturb();
    }
    CommitWaits.Wait lost = pollFailed(next.refusal());
    while (lost != null) {
      lost.settle();
      lost = pollFailed(next.refusal());
    }
  }

  private synchronized CommitWaits.@Nullable Wait pollFailed(ErrorCode error) {
    return commits.pollFailed(error);
  }

  /** The log's durable end moved. */
  void durable() {
    synchronized (this) {
      raise();
    }
    settleCommitted();
  }

  /** Removes what the retention settings give up. Waits for the disk. */
  void deleteOldSegments() {
    if (leadership.leads() && log.keeping().deleteOldSegments(bounds.highWatermark()) > 0) {
      trimmed();
    }
  }

  /** The log start moved. */
  synchronized void trimmed() {
    Bounds now = bounds;
    long start = log.startOffset();
    bounds =
        new Bounds(
            start,
            Math.max(now.highWatermark(), start),
            Math.max(now.lastStableOffset(), start),
            now.readableBytes(),
            now.committedBytes());
  }

  /** Moves the high watermark to the smallest durable end of the in-sync copies. */
  private void raise() {
    if (!leadership.leads()) {
      return;
    }
    Bounds before = bounds;
    long highWatermark = Math.max(log.durableEnd(), before.highWatermark());
    log.committed(highWatermark);
    long stable = Math.max(log.lastStableOffset(highWatermark), before.lastStableOffset());
    if (highWatermark == before.highWatermark() && stable == before.lastStableOffset()) {
      return;
    }
    long readable = marks.passed(highWatermark);
    long committed = committedBytes(before, highWatermark, stable, readable);
    bounds = new Bounds(log.startOffset(), highWatermark, stable, readable, committed);
    tellReaders(before, bounds);
  }

  /** While transactions are open the bytes up to the last stable offset are only guessed at. */
  private static long committedBytes(
      Bounds before, long highWatermark, long stable, long readable) {
    if (stable == highWatermark) {
      return Math.max(readable, before.committedBytes());
    }
    return before.committedBytes() + (stable > before.lastStableOffset() ? 1 : 0);
  }

  private void tellReaders(Bounds before, Bounds now) {
    if (reads.size() == 0) {
      return;
    }
    long readable = now.readableBytes() - before.readableBytes();
    if (now.highWatermark() > before.highWatermark()) {
      reads.grew(false, Math.max(readable, 1));
    }
    if (now.lastStableOffset() > before.lastStableOffset()) {
      reads.grew(true, Math.max(now.committedBytes() - before.committedBytes(), 1));
    }
    boolean hadRecords = before.highWatermark() > before.logStartOffset();
    if (hadRecords && log.isBeforeActiveSegment(before.highWatermark() - 1)) {
      reads.disturb();
    }
  }

  private void settleCommitted() {
    CommitWaits.Wait done = pollCommitted();
    while (done != null) {
      done.settle();
      done = pollCommitted();
    }
  }

  private synchronized CommitWaits.@Nullable Wait pollCommitted() {
    return commits.poll(bounds.highWatermark());
  }

  private EpochEnd end(int epoch) {
    LeaderEpochs.End end = log.epochEnd(epoch);
    return new EpochEnd(ErrorCode.NONE, end.epoch(), end.endOffset());
  }
}
