package dev.millrace.replica;

import dev.millrace.log.AppendOrigin;
import dev.millrace.log.AppendResult;
import dev.millrace.log.FlushPolicy;
import dev.millrace.log.LeaderEpochs;
import dev.millrace.log.LogMove;
import dev.millrace.log.PartitionLog;
import dev.millrace.quorum.control.TopicNames;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchRules;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One partition of which this node has a copy: what is acknowledged, what can be read, and who
 * waits for either.
 *
 * <p>The high watermark is the smallest durable end over the in-sync copies: of the own log that is
 * what group fdatasync has reported, or the log end when the topic's {@code flush.policy} is {@code
 * memory}; of a follower, the offset from which it fetches. It never goes back. An append with
 * acks=all is committed when the high watermark is at its end, and consumers read below the high
 * watermark (read_committed: below the last stable offset), so nobody is told of a record that a
 * power cut can take back.
 *
 * <p>Where another node leads, {@link Following} brings the log to what that has.
 *
 * <p>Safe for any thread. One short lock guards leadership, followers, the waiting entries and the
 * order of appends against the end of a leadership; it is never held for a sync or a read. It is
 * taken before the log's own lock. Readers go by the published {@link Bounds} and take no lock.
 */
public final class Partition {
  private final PartitionId id;
  private final boolean internal;
  private volatile PartitionLog log;
  private final RecentBytes recent;
  private volatile Reads reads;
  private final HighWatermark watermark;
  private final Role role;
  private final CopyAllowance copying;
  private final Admissions admissions = new Admissions();
  private volatile PartitionSettings settings;
  private volatile boolean open = true;

  /** Below it the log is durable for sure while it moves to another directory; else -1. */
  private volatile long heldEnd = -1;

  /**
   * What every partition of a node is given.
   *
   * @param window which bytes of the node are recent
   * @param rules what followers are measured by
   * @param inSyncChanges the way to the controller
   * @param quotas rates of copying
   */
  record Node(
      RecentBytes.Window window,
      Followers.Rules rules,
      InSyncChanges inSyncChanges,
      Quotas quotas) {}

  /**
   * A copy that nobody leads yet.
   *
   * @param highWatermark a lower bound from a former life
   */
  Partition(
      PartitionId id, PartitionLog log, PartitionSettings settings, Node node, long highWatermark) {
    this.id = id;
    this.internal = TopicNames.isInternal(id.topic());
    this.log = log;
    this.settings = settings;
    this.recent = new RecentBytes(node.window);
    this.reads = new Reads(log, recent);
    this.watermark = new HighWatermark(log, highWatermark);
    this.role = new Role(this, node, watermark);
    this.copying = new CopyAllowance(this, role, node.quotas, node.rules.self());
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
    return watermark.bounds();
  }

  /** Where the log ends: followers read up to here. */
  public long logEndOffset() {
    return log.endOffset();
  }

  /** The leader epoch that this node knows. */
  public int leaderEpoch() {
    return role.leadership().epoch();
  }

  /** What batches of clients must be like. */
  public BatchRules batchRules() {
    return settings.rules();
  }

  /** What records of clients must be by the schema registry; null for anything. */
  public @Nullable SchemaDemand schemaDemand() {
    return settings.schemas();
  }

  /** Whether this node leads, in the epoch {@code known} unless that is -1. */
  public boolean isLeader(int known) {
    return role.leadership().error(known) == ErrorCode.NONE;
  }

  /** What a request is told that takes the leader to be in epoch {@code known} (-1: any). */
  public ErrorCode leaderError(int known) {
    return role.leadership().error(known);
  }

  /** Why an append would be refused before its bytes are looked at. */
  public ErrorCode appendRefusal(boolean acksAll) {
    Leadership now = role.leadership();
    if (!now.leads()) {
      return now.refusal();
    }
    return acksAll && now.isBelow(settings.inSyncMin())
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
          switch (log.append(batch.slice(), role.leadership().epoch(), origin)) {
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
    role.settleCommitted();
    if (hasNoRoom(outcome)) {
      role.resign();
    }
    return outcome;
  }

  /** Anything but a full disk takes the log directory offline. */
  private boolean hasNoRoom(AppendOutcome outcome) {
    return outcome instanceof AppendOutcome.Refused refused
        && refused.error() == ErrorCode.KAFKA_STORAGE_ERROR
        && log.status() == ErrorCode.NONE;
  }

  private AppendOutcome appended(AppendResult.Appended done, int bytes) {
    recent.appended(done.baseOffset(), bytes);
    watermark.appended(done.endOffset(), bytes);
    if (settings.log().flush().policy() == FlushPolicy.MEMORY) {
      role.raise();
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
    return role.whenCommitted(endOffset, listener);
  }

  /**
   * Has {@code listener} told when all that was appended so far can be read, as far as the own disk
   * stands in between; at once where other copies have to follow too. As {@link #whenCommitted}.
   */
  public Waiting whenSynced(CommitListener listener) {
    boolean isAlone = role.leadership().copies() <= 1;
    return whenCommitted(isAlone ? log.endOffset() : watermark.offset(), listener);
  }

  /** Whether reading from {@code offset} on waits for no disk: the bytes were appended lately. */
  public boolean isRecent(long offset) {
    return recent.isRecent(offset);
  }

  /**
   * Whether what can be read from an offset on is as it was written; what is not is never served
   * again. Waits for the disk.
   */
  public boolean isIntact(long offset, int bytesMax) {
    PartitionLog of = log;
    return of.isIntact(offset, bytesMax) || (of != log && log.isIntact(offset, bytesMax));
  }

  /** Whether this node leads and other nodes have copies too. */
  public boolean hasOtherCopies() {
    return role.leadership().copies() > 1;
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
    return read(query, role.leadership().error(query.currentLeaderEpoch()));
  }

  /**
   * Reads as {@link #read(ReadQuery)}, also where this node follows: below the high watermark that
   * it knows (KIP-392).
   */
  public ReadOutcome readCopy(ReadQuery query) {
    return read(query, role.copyError(query.currentLeaderEpoch()));
  }

  private ReadOutcome read(ReadQuery query, ErrorCode error) {
    if (error != ErrorCode.NONE) {
      return new ReadOutcome.Failed(error);
    }
    Bounds now = watermark.bounds();
    ReadOutcome objection = reads.objection(query, now);
    return objection != null ? objection : readLog(query, now, now.end(query.committedOnly()));
  }

  /** A log that is left behind by a move is closed soon: then the next one is read. */
  private ReadOutcome readLog(ReadQuery query, Bounds now, long end) {
    Reads of = reads;
    ReadOutcome outcome = of.read(query, now, end);
    boolean isLeft = outcome instanceof ReadOutcome.Failed && of != reads;
    return isLeft ? reads.read(query, now, end) : outcome;
  }

  /**
   * Reads, to the log end, for the copy on another node, and takes note of how far that is. This
   * may move the high watermark and with it settle appends, on this thread. As {@link #read}.
   */
  public ReadOutcome read(FollowerFetch fetch) {
    ReadQuery query = fetch.query();
    ErrorCode error = role.leadership().error(query.currentLeaderEpoch());
    if (error != ErrorCode.NONE) {
      return new ReadOutcome.Failed(error);
    }
    ReadOutcome objection = reads.objection(query, watermark.bounds());
    if (objection != null) {
      return objection;
    }
    ErrorCode refusal = role.note(fetch);
    return refusal != ErrorCode.NONE
        ? new ReadOutcome.Failed(refusal)
        : readLog(query, watermark.bounds(), log.endOffset());
  }

  /** What copying this partition may take. */
  public CopyAllowance copying() {
    return copying;
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
    ReadWaits.Wait wait = new ReadWaits.Wait(reader, ReadWaits.Until.of(committedOnly));
    return await(wait, reader, bytesSeen);
  }

  /**
   * The same for a follower, of everything that is appended.
   *
   * @param bytesSeen {@link #appendedBytes} before it looked
   */
  public Waiting whenAppended(Reader reader, long bytesSeen) {
    return await(new ReadWaits.Wait(reader, ReadWaits.Until.LOG_END), reader, bytesSeen);
  }

  /** Bytes that were appended since the partition was opened; counts up only. */
  public synchronized long appendedBytes() {
    return watermark.appendedBytes();
  }

  private Waiting await(ReadWaits.Wait wait, Reader reader, long bytesSeen) {
    synchronized (this) {
      if (!role.isServed()) {
        reader.disturbed();
      }
      long more = watermark.bytes(wait.until()) - bytesSeen;
      if (more > 0) {
        reader.grew(more);
      }
      watermark.add(wait);
    }
    return () -> leave(wait);
  }

  private synchronized void leave(ReadWaits.Wait wait) {
    watermark.remove(wait);
  }

  /** The offset that belongs to a time. May wait for the disk: {@link OffsetQuery#needsDisk}. */
  public OffsetAnswer offset(OffsetQuery query) {
    Leadership now = role.leadership();
    ErrorCode error = now.error(query.currentLeaderEpoch());
    if (error != ErrorCode.NONE) {
      return OffsetAnswer.failed(error);
    }
    PartitionLog of = log;
    OffsetAnswer answer = OffsetLookup.answer(of, now, watermark.bounds(), query);
    boolean isLeft = of != log && answer.error() != ErrorCode.NONE;
    return isLeft ? OffsetLookup.answer(log, now, watermark.bounds(), query) : answer;
  }

  /** Where {@code epoch} ends in the log, as far as this node knows. */
  public EpochEnd epochEnd(int currentLeaderEpoch, int epoch) {
    ErrorCode error = role.leadership().error(currentLeaderEpoch);
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
    Leadership now = role.leadership();
    if (!now.leads()) {
      return DeleteOutcome.failed(now.refusal());
    }
    if (!settings.deletable()) {
      return DeleteOutcome.failed(ErrorCode.POLICY_VIOLATION);
    }
    long highWatermark = watermark.offset();
    long to = offset == OffsetQuery.LATEST ? highWatermark : offset;
    if (to < 0 || to > highWatermark) {
      return DeleteOutcome.failed(ErrorCode.OFFSET_OUT_OF_RANGE);
    }
    PartitionLog of = log;
    long start = of.keeping().deleteRecords(to);
    if (of != log) {
      start = log.keeping().deleteRecords(to);
    }
    trimmed();
    return start < to
        ? DeleteOutcome.failed(log.status())
        : new DeleteOutcome(ErrorCode.NONE, start);
  }

  /**
   * Has {@code listener} told when the logs of all copies whose brokers live begin at this offset
   * or later, after {@link #deleteRecords}. As {@link #whenCommitted}.
   */
  public Waiting whenTrimmed(long offset, CommitListener listener) {
    return role.whenTrimmed(offset, listener);
  }

  /**
   * Gives up what lies before {@code offset}: the coordinator whose state lies here does not need
   * it any more. Waits for the disk.
   */
  public void forget(long offset) {
    if (role.leadership().leads() && offset <= watermark.offset()) {
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

  /** Below it every record is as safe as the topic's flush policy asks, and will be found. */
  long durableEnd() {
    long held = heldEnd;
    return held >= 0 ? Math.min(held, log.endOffset()) : log.durableEnd();
  }

  /**
   * Goes on with a copy in another log directory, acknowledging nothing new before {@link #moved}.
   */
  boolean moveTo(LogMove move) {
    Following copied = role.following();
    return copied == null ? goOn(move) : copied.undisturbed(() -> goOn(move));
  }

  private synchronized boolean goOn(LogMove move) {
    if (!open || log.status() != ErrorCode.NONE || !move.finish()) {
      return false;
    }
    PartitionLog next = move.to();
    heldEnd = log.durableEnd();
    next.settings(settings.log());
    if (role.leadership().leads()) {
      next.startEpoch(role.leadership().epoch());
    }
    log = next;
    reads = new Reads(next, recent);
    watermark.movedTo(next);
    return true;
  }

  /** The copy in the other log directory is the one that counts, after any crash. */
  void moved() {
    heldEnd = -1;
    role.durable();
    trimmed();
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
      role.raise();
    }
    role.settleCommitted();
  }

  /** What this node is to the partition. */
  Role role() {
    return role;
  }

  /**
   * Takes over what the metadata says: leads, follows, or stands still because nobody leads.
   *
   * @param self id of this node
   * @return the leader to copy from now on; null when that is as before, or there is none
   */
  @Nullable Following assign(PartitionImage image, int self) {
    return open ? role.assign(image, self) : null;
  }

  /** The disk failed: nothing is served any more. */
  void fail() {
    role.refuse(ErrorCode.KAFKA_STORAGE_ERROR);
  }

  /** Gives the partition up: it was deleted, or moved away, or the node stops. */
  void close(ErrorCode reason) {
    open = false;
    role.refuse(reason);
  }

  /** Removes what the retention settings give up. Waits for the disk. */
  void deleteOldSegments() {
    if (role.isServed() && log.keeping().deleteOldSegments(watermark.offset()) > 0) {
      trimmed();
    }
  }

  /** The log start moved. */
  synchronized void trimmed() {
    watermark.trimmed();
  }

  /** Appends what was fetched from a leader, as it is. */
  synchronized AppendResult copied(ByteBuffer batches, Following from, long leaderHighWatermark) {
    int bytes = batches.remaining();
    AppendResult result = log.appendAsFollower(batches);
    if (result instanceof AppendResult.Appended done) {
      recent.appended(done.baseOffset(), bytes);
      watermark.appended(done.endOffset(), bytes);
    }
    role.learn(from, leaderHighWatermark);
    return result;
  }

  /** The log was cut or begun anew. */
  synchronized void cut() {
    recent.truncated(log.endOffset());
    watermark.cut();
  }

  private EpochEnd end(int epoch) {
    LeaderEpochs.End end = log.epochEnd(epoch);
    return new EpochEnd(ErrorCode.NONE, end.epoch(), end.endOffset());
  }
}
