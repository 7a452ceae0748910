package dev.millrace.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.producer.Producer;
import dev.millrace.log.producer.ProducerRules.Check;
import dev.millrace.log.segment.BatchWalk;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.TimestampType;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition on disk.
 *
 * <p>Two locks. The short one is held for an append: judge, place, one write to the page cache,
 * index, publish. The keeping lock excludes the slow changes (retention, snapshots, truncation)
 * from each other and is never taken by an append. Reads take neither: they use the view that the
 * last change published.
 *
 * <p>Answers are results; a fault of the disk takes the directory offline and is answered by {@link
 * ErrorCode#KAFKA_STORAGE_ERROR}. Offsets are those of records; an end is the offset after the last
 * record.
 */
public final class PartitionLog {
  private static final System.Logger LOGGER = System.getLogger(PartitionLog.class.getName());

  /** So much is read at once when checksums are looked at. */
  private static final int CHECK_BYTES = 64 << 10;

  private final LogContext context;
  private final SegmentFiles files;
  private final ReentrantLock lock = new ReentrantLock();
  private final LogKeeping keeping;
  private final LogCleaning cleaning;
  private final LogFlushing flushing;
  private final LogTail tail;

  private volatile LogSettings settings;
  private volatile boolean closed;
  private volatile @Nullable String damage;

  PartitionLog(LogContext context, SegmentFiles files, LogSettings settings, LogState state) {
    this.context = context;
    this.files = files;
    this.settings = settings;
    this.tail = new LogTail(context, files, state);
    this.flushing = new LogFlushing(this, state.flushedEnd());
    this.keeping = new LogKeeping(this, files, state);
    this.cleaning = new LogCleaning(this, files);
  }

  public TopicPartition partition() {
    return context.partition();
  }

  public Uuid topicId() {
    return context.topicId();
  }

  public LogSettings settings() {
    return settings;
  }

  /** Changes the settings; they hold from the next append or retention run on. */
  public void settings(LogSettings now) {
    flushing.policy(now.flush().policy());
    settings = now;
    requestSync();
  }

  /** The first offset that can be read. */
  public long startOffset() {
    return view().startOffset();
  }

  /** The offset that the next record gets. */
  public long endOffset() {
    return view().endOffset();
  }

  /**
   * Below it every record is as safe as the flush policy asks: on disk with {@link
   * FlushPolicy#DISK}, in the page cache with {@link FlushPolicy#MEMORY}.
   */
  public long durableEnd() {
    LogView now = view();
    return settings.flush().policy() == FlushPolicy.MEMORY
        ? now.endOffset()
        : Math.max(flushedEnd(), now.startOffset());
  }

  /** Below it every record is on disk, whatever the policy is. */
  public long flushedEnd() {
    return flushing.flushedEnd();
  }

  /** Bytes of all segments. */
  public long sizeBytes() {
    return view().sizeBytes();
  }

  public int segmentCount() {
    return view().segments().length;
  }

  /** Entries of the active segment's index of offsets. */
  public int indexEntries() {
    return view().active().indexEntries();
  }

  /** Whether a reader at this offset has a finished segment before it: what is there is enough. */
  public boolean isBeforeActiveSegment(long offset) {
    return view().isBeforeActive(offset);
  }

  /** The leaders that wrote the log. */
  public LeaderEpochs epochs() {
    return tail.epochs();
  }

  /** Where a leader epoch ends (KIP-320); see {@link LeaderEpochs#endOf}. */
  public LeaderEpochs.End epochEnd(int epoch) {
    return tail.epochs().endOf(epoch, view().endOffset());
  }

  /** The epoch of the last record, or {@link LeaderEpochs#UNKNOWN} when there is none. */
  public int lastEpoch() {
    LogView now = view();
    return tail.epochs().upTo(now.endOffset()).latest();
  }

  /**
   * Forgets epochs that begin at the end: a leader that wrote nothing left no trace, and what a
   * later leader sends may be of an older epoch.
   */
  public void forgetEmptyEpochs() {
    lock.lock();
    try {
      tail.forgetEmptyEpochs();
    } finally {
      lock.unlock();
    }
  }

  /** Below which offset, at most the high watermark, every transaction is decided. */
  public long lastStableOffset(long highWatermark) {
    return view().transactions().lastStableOffset(highWatermark);
  }

  /** Whether the log can be used, as an error code: NONE or KAFKA_STORAGE_ERROR. */
  public ErrorCode status() {
    return unavailable() == null ? ErrorCode.NONE : ErrorCode.KAFKA_STORAGE_ERROR;
  }

  /** What was found damaged in the log's bytes, or null. */
  public @Nullable String damage() {
    return damage;
  }

  /**
   * Appends as the leader: gives the batches their offsets, the leader's epoch and, when the topic
   * asks for it, the time, all in the buffer itself.
   *
   * <p>The caller has checked what a client may send (CRC, records, times, sizes); here the framing
   * is checked, and the producer's epoch and sequence. A client's append is one batch.
   *
   * @param batches exactly the batches, from position to limit; changed, but not kept
   * @param leaderEpoch of this leader
   */
  public AppendResult append(ByteBuffer batches, int leaderEpoch, AppendOrigin origin) {
    try {
      Incoming incoming = Incoming.of(batches);
      long appendTimeMs = AppendResult.NO_TIME;
      if (settings.timestampType() == TimestampType.LOG_APPEND_TIME) {
        appendTimeMs = context.clock().wallMs();
        incoming = incoming.stamped(appendTimeMs);
      }
      Check check =
          switch (origin) {
            case CLIENT -> Check.ALL;
            case BUMPING_CLIENT -> Check.ALL_FROM_ZERO;
            case COORDINATOR -> Check.EPOCH;
            case BUMPING_COORDINATOR -> Check.EPOCH_ABOVE;
          };
      return appended(appendLocked(incoming, leaderEpoch, check), appendTimeMs);
    } catch (CorruptRecordsException malformed) {
      return new AppendResult.Refused(ErrorCode.CORRUPT_MESSAGE, message(malformed));
    }
  }

  /**
   * Appends what a leader has, as it is. The first batch must not begin below the end; it may begin
   * above it where a compaction left a hole.
   *
   * @param batches exactly the batches, from position to limit
   */
  public AppendResult appendAsFollower(ByteBuffer batches) {
    try {
      return appendLocked(Incoming.of(batches), LeaderEpochs.UNKNOWN, Check.NOTHING);
    } catch (CorruptRecordsException malformed) {
      return new AppendResult.Refused(ErrorCode.CORRUPT_MESSAGE, message(malformed));
    }
  }

  /**
   * Begins the epoch of a new leader at the log's end (KIP-101). Older epochs are ignored.
   *
   * @return the first offset of the epoch, or that of the latest epoch when this is not newer
   */
  public long startEpoch(int epoch) {
    lock.lock();
    try {
      tail.startEpoch(epoch, view().endOffset());
      LeaderEpochs now = tail.epochs();
      return now.starts().isEmpty() ? 0 : now.starts().getLast().startOffset();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads from the batch that holds {@code offset}. Reads where they lie: nothing is copied. The
   * answer ends with the segment.
   *
   * @param maxBytes most bytes; the last batch may be cut short by it
   * @param minOneBatch whether the first batch is given whole though it is larger than that
   * @param upToOffset nothing from this offset on is given: high watermark, last stable offset or
   *     log end
   */
  public ReadResult read(long offset, int maxBytes, boolean minOneBatch, long upToOffset) {
    return guarded(
        v -> v.read(offset, maxBytes, minOneBatch, upToOffset),
        error -> new ReadResult.Failed(ErrorCode.KAFKA_STORAGE_ERROR, error));
  }

  /**
   * Whether what {@link #read} gives from an offset on is as it was written; a batch that the limit
   * cuts short is not looked at. A wrong checksum marks the log as damaged, a fault of the disk
   * takes the directory offline. Waits for the disk.
   *
   * @param maxBytes as it was read
   */
  public boolean isIntact(long offset, int maxBytes) {
    return guarded(
        v -> {
          if (v.read(offset, maxBytes, true, Long.MAX_VALUE) instanceof ReadResult.Batches found) {
            check(found.region());
          }
          return true;
        },
        error -> false);
  }

  private static void check(FileRegion region) {
    int from = (int) region.position();
    BatchWalk walk = new BatchWalk(region.file(), from, from + region.length(), CHECK_BYTES);
    while (walk.next()) {
      if (!walk.isIntact()) {
        throw new CorruptRecordsException(
            "checksum of a batch is wrong, baseOffset="
                + walk.header().baseOffset()
                + " position="
                + walk.position());
      }
    }
  }

  /**
   * The first record whose time is at least {@code timestampMs}; the record's, not its batch's.
   * Reads from the disk, and may decompress a batch.
   */
  public TimeLookup offsetForTime(long timestampMs) {
    return lookup(v -> v.findTime(timestampMs));
  }

  /** The first record that has the highest time of all (KIP-734). Reads from the disk. */
  public TimeLookup offsetForMaxTime() {
    return lookup(LogView::findMaxTime);
  }

  /**
   * The aborted transactions that have records from {@code fromOffset} to below {@code upToOffset},
   * for a reader of committed records.
   */
  public List<AbortedTransaction> abortedTransactions(long fromOffset, long upToOffset) {
    return guarded(v -> v.aborted(fromOffset, upToOffset), error -> List.of());
  }

  /** The producers the log knows, in no order. */
  public Collection<Producer> producers() {
    lock.lock();
    try {
      return tail.producers().all();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a producer has an open transaction here that is of this epoch. */
  public boolean isInTransaction(long producerId, short epoch) {
    lock.lock();
    try {
      Producer known = tail.producers().producer(producerId);
      return known != null && known.hasOpenTransaction() && known.epoch() == epoch;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets producers that wrote nothing for long. Returns how many. */
  public int expireProducers() {
    lock.lock();
    try {
      return tail.producers().expire(context.clock().wallMs(), settings.producerExpirationMs());
    } finally {
      lock.unlock();
    }
  }

  /** Says how far records are committed, so that decided transactions can be forgotten. */
  public void committed(long highWatermark) {
    if (view().transactions().hasEndedBelow(highWatermark)) {
      lock.lock();
      try {
        tail.producers().committed(highWatermark);
        tail.republish();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Slow work: retention, snapshots, truncation. */
  public LogKeeping keeping() {
    return keeping;
  }

  /** Slow work: compaction. */
  public LogCleaning cleaning() {
    return cleaning;
  }

  /** Has the log synced soon, whatever the policy is. */
  public void requestSync() {
    flushing.request();
  }

  /** How far it is on disk, and what makes it so. */
  LogFlushing flushing() {
    return flushing;
  }

  @Override
  public String toString() {
    return "PartitionLog[" + partition() + " " + startOffset() + ".." + endOffset() + "]";
  }

  SegmentFiles files() {
    return files;
  }

  LogTail tail() {
    return tail;
  }

  LogContext context() {
    return context;
  }

  ReentrantLock lock() {
    return lock;
  }

  boolean isClosed() {
    return closed;
  }

  /** Closes the files of a log whose life has ended. */
  void closeFiles() {
    flushing.unsettled().release();
    for (Segment segment : view().segments()) {
      segment.close();
    }
  }

  /** Goes on at a later offset, without records between: see {@link LogMove}. */
  void skipTo(long offset) {
    lock.lock();
    try {
      if (offset > endOffset()) {
        tail.skipTo(offset);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the log's life; its files stay. Under the lock. */
  void closeLocked() {
    closed = true;
  }

  private AppendResult appended(AppendResult result, long appendTimeMs) {
    return result instanceof AppendResult.Appended(long base, long end, long _, long start)
        ? new AppendResult.Appended(base, end, appendTimeMs, start)
        : result;
  }

  private AppendResult appendLocked(Incoming incoming, int leaderEpoch, Check check) {
    AppendResult result;
    lock.lock();
    try {
      result = appendOrFail(incoming, leaderEpoch, check);
    } finally {
      lock.unlock();
    }
    if (result instanceof AppendResult.Appended && isSyncDue(incoming)) {
      requestSync();
    }
    return result;
  }

  private AppendResult appendOrFail(Incoming incoming, int leaderEpoch, Check check) {
    String unavailable = unavailable();
    if (unavailable != null) {
      return new AppendResult.Refused(ErrorCode.KAFKA_STORAGE_ERROR, unavailable);
    }
    try {
      return tail.append(incoming, leaderEpoch, check, settings.segment());
    } catch (DiskException fault) {
      context.health().fail(fault);
      return new AppendResult.Refused(ErrorCode.KAFKA_STORAGE_ERROR, message(fault));
    }
  }

  private LogView view() {
    return tail.view();
  }

  private boolean isSyncDue(Incoming incoming) {
    LogSettings.Flush flush = settings.flush();
    if (flush.policy() == FlushPolicy.DISK) {
      return true;
    }
    boolean isRolled = view().active().sizeBytes() == incoming.sizeBytes();
    return isRolled
        || view().endOffset() - flushedEnd() >= flush.messages()
        || context.clock().wallMs() - flushing.flushedAtMs() >= flush.ms();
  }

  private @Nullable String unavailable() {
    if (closed) {
      return "log is closed, partition=" + partition();
    }
    if (!context.health().isOnline()) {
      return "log directory is offline, partition=" + partition();
    }
    String damaged = damage;
    return damaged == null ? null : "log is damaged, partition=" + partition() + ": " + damaged;
  }

  private TimeLookup lookup(Function<LogView, Segment.@Nullable Found> search) {
    return guarded(
        v -> {
          Segment.Found found = search.apply(v);
          return found == null
              ? new TimeLookup.None()
              : new TimeLookup.Found(found.offset(), found.timestampMs(), found.leaderEpoch());
        },
        error -> new TimeLookup.Failed(ErrorCode.KAFKA_STORAGE_ERROR, error));
  }

  /**
   * Reads from the view(). A segment may be removed under a reader: then the reader looks again.
   * Bytes that are no batches mark the log as damaged: it is not served any more.
   */
  private <T> T guarded(Function<LogView, T> reading, Function<String, T> failed) {
    while (true) {
      String unavailable = unavailable();
      if (unavailable != null) {
        return failed.apply(unavailable);
      }
      LogView now = view();
      try {
        return reading.apply(now);
      } catch (DiskException fault) {
        if (isCurrent(now)) {
          context.health().fail(fault);
        }
      } catch (CorruptRecordsException corrupt) {
        if (isCurrent(now)) {
          damaged(message(corrupt));
        }
      }
    }
  }

  /** Whether no segment was removed or cut under a reader of this view. */
  private boolean isCurrent(LogView seen) {
    lock.lock();
    try {
      return seen.segments() == view().segments();
    } finally {
      lock.unlock();
    }
  }

  private void damaged(String what) {
    damage = what;
    LOGGER.log(
        System.Logger.Level.ERROR,
        "log is damaged and not served any more, partition=" + partition() + ": " + what);
    keeping.markDamaged(what);
    context.sync().damaged(this);
  }

  private static String message(Exception fault) {
    return String.valueOf(fault.getMessage());
  }
}
