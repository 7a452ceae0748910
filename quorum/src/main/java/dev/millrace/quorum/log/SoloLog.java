package dev.millrace.quorum.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.AppendOrigin;
import dev.millrace.log.AppendResult;
import dev.millrace.log.DurableListener;
import dev.millrace.log.FlushPolicy;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.LogSettings;
import dev.millrace.log.LogSettings.Flush;
import dev.millrace.log.LogSettings.Retention;
import dev.millrace.log.LogSettings.SegmentSettings;
import dev.millrace.log.OpenResult;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.wire.Message;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metadata log of a quorum with one voter: the local partition log {@code
 * __cluster_metadata-0}, where a record is committed when it is on disk. Nobody is asked for a
 * vote; each start leads a new epoch.
 *
 * <p>Appends go to the page cache at once; the log directory's owner syncs them in groups and says
 * how far it is. {@link #onDurable} and {@link #failed} may be called from any thread, everything
 * else in turns of the quorum's owner; {@link #create} and the snapshots block on the disk. Files:
 * {@code docs/formats/metadata-log.md}.
 */
public final class SoloLog implements MetadataLog, DurableListener {
  /** Where the log lies. */
  public static final TopicPartition PARTITION = new TopicPartition("__cluster_metadata", 0);

  private static final System.Logger LOG = System.getLogger(SoloLog.class.getName());
  static final Uuid TOPIC_ID = new Uuid(0, 1);
  private static final int SEGMENT_BYTES_MAX = 16 << 20;
  private static final long FILE_DELAY_MS = 60_000;

  private final Parts parts;
  private final PartitionLog log;
  private final Path directory;
  private final Snapshots snapshots;
  private final MetadataReads reads;
  private final Deque<Open> open = new ArrayDeque<>();
  private @Nullable Observer observer;
  private @Nullable SnapshotId snapshot;
  private int epoch;
  private boolean failed;
  private long bytesSinceSnapshot;

  /**
   * What the log stands on.
   *
   * @param directory the log directory; its environment must pass on to this log what was synced,
   *     and that it went offline
   * @param disk of that directory
   * @param turns the quorum's owner
   */
  public record Parts(LogDirectory directory, Disk disk, Clock clock, Turns turns, int nodeId) {}

  /** What waits for the disk. */
  private record Open(long endOffset, Runnable reached, Appended appended) {}

  private SoloLog(Parts parts, PartitionLog log) {
    this.parts = parts;
    this.log = log;
    this.directory = parts.directory().path().resolve(PARTITION.toString());
    this.snapshots = new Snapshots(parts.disk(), directory);
    this.reads = new MetadataReads(parts, log);
  }

  /**
   * Opens the log in its directory, or makes an empty one.
   *
   * @throws MetadataException when what is there is damaged, cannot be read, or belongs to several
   *     voters: then what they agreed on may not all be here
   */
  public static SoloLog create(Parts parts) {
    if (AgreedLog.isNeeded(parts.disk(), parts.directory().path())) {
      throw new MetadataException(
          "metadata of this node belongs to a group of voters: name them in"
              + " controller.quorum.voters; to go on alone take the others out, then start with this"
              + " node as the only voter there and with its controller listener");
    }
    return new SoloLog(parts, openLog(parts.directory(), FlushPolicy.DISK));
  }

  /** Opens the partition log of metadata. */
  static PartitionLog openLog(LogDirectory directory, FlushPolicy flush) {
    OpenResult result;
    try {
      result = directory.open(PARTITION, TOPIC_ID, settings(flush));
    } catch (CorruptFileException | DiskException fault) {
      throw new MetadataException("metadata log cannot be opened: " + fault.getMessage(), fault);
    }
    return switch (result) {
      case OpenResult.Opened opened -> opened.log();
      case OpenResult.Damaged damaged ->
          throw new MetadataException(
              "metadata log is damaged, restore "
                  + PARTITION
                  + " from a backup: "
                  + damaged.what());
      case OpenResult.OtherTopic other ->
          throw new MetadataException(PARTITION + " has another topic id, id=" + other.found());
      case OpenResult.Offline offline -> throw new MetadataException(offline.message());
    };
  }

  private static LogSettings settings(FlushPolicy flush) {
    LogSettings defaults = LogSettings.DEFAULT;
    return defaults
        .withSegment(
            new SegmentSettings(
                SEGMENT_BYTES_MAX,
                Long.MAX_VALUE,
                0,
                defaults.segment().indexIntervalBytes(),
                defaults.segment().indexBytesMax()))
        .withRetention(new Retention(-1, -1, false, FILE_DELAY_MS))
        .withFlush(new Flush(flush, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  /** For nodes that follow this log without a vote. */
  public MetadataReads reads() {
    return reads;
  }

  @Override
  public void open(Observer opened) {
    observer = opened;
    try {
      snapshot = snapshots.newest();
      joinSnapshot();
      beginEpoch();
    } catch (DiskException | CorruptFileException | MetadataException fault) {
      fail("metadata log cannot be opened: " + fault.getMessage(), fault);
    }
  }

  /** A log that ends before the snapshot was lost, or never there: it goes on behind it. */
  private void joinSnapshot() {
    SnapshotId newest = snapshot;
    if (newest != null) {
      snapshots.removeOlderThan(newest);
      if (log.endOffset() < newest.offset() && !log.keeping().restartAt(newest.offset())) {
        throw new MetadataException("log directory is offline, dir=" + directory);
      }
    }
    long begin = newest == null ? 0 : newest.offset();
    if (log.startOffset() > begin) {
      throw new MetadataException(
          "metadata before offset "
              + log.startOffset()
              + " is missing, restore the newest .checkpoint file, dir="
              + directory);
    }
  }

  private void beginEpoch() {
    epoch = lastEpoch() + 1;
    int self = parts.nodeId();
    QuorumState state = new QuorumState(self, epoch, self, List.of(self));
    WholeFile.replace(parts.disk(), directory.resolve(QuorumState.NAME), state.json());
    log.startEpoch(epoch);
    ByteBuffer batch =
        MetadataBatches.leaderChange(
            log.endOffset(), epoch, parts.clock().wallMs(), self, List.of(self));
    write(batch, this::lead, _ -> {});
  }

  private int lastEpoch() {
    String text = WholeFile.readText(parts.disk(), directory.resolve(QuorumState.NAME));
    int last = Math.max(log.epochs().latest(), text == null ? 0 : QuorumState.epoch(text));
    SnapshotId newest = snapshot;
    return newest == null ? last : Math.max(last, newest.epoch());
  }

  /** Everything up to here is on disk: what was there before is told, then that we lead. */
  private void lead() {
    Observer to = observer;
    if (to == null) {
      return;
    }
    long end = log.endOffset();
    try {
      SnapshotId newest = snapshot;
      long begin = 0;
      if (newest != null) {
        snapshots.read(newest, records -> to.onSnapshot(newest, records));
        begin = newest.offset();
      }
      bytesSinceSnapshot = new LogReplay(log).deliver(begin, end, to);
    } catch (DiskException | MetadataException fault) {
      fail("metadata log cannot be read: " + fault.getMessage(), fault);
      return;
    }
    reads.led(parts.nodeId(), epoch);
    to.onLeaderChange(parts.nodeId(), epoch, end);
  }

  @Override
  public void append(int expectedEpoch, List<Message> records, Appended appended) {
    Observer to = observer;
    if (to == null || failed || expectedEpoch != epoch) {
      Outcome outcome = failed ? Outcome.FAILED : Outcome.FENCED;
      parts.turns().submit(() -> appended.done(outcome));
      return;
    }
    long baseOffset = log.endOffset();
    int itsEpoch = epoch;
    ByteBuffer batch = MetadataBatches.data(baseOffset, epoch, parts.clock().wallMs(), records);
    bytesSinceSnapshot += batch.remaining();
    write(batch, () -> to.onCommit(baseOffset, itsEpoch, records), appended);
  }

  private void write(ByteBuffer batch, Runnable reached, Appended appended) {
    AppendResult result = log.append(batch, epoch, AppendOrigin.COORDINATOR);
    switch (result) {
      case AppendResult.Appended done -> open.add(new Open(done.endOffset(), reached, appended));
      case AppendResult.Duplicate _ ->
          throw new IllegalStateException("metadata batch is a duplicate, log=" + log);
      case AppendResult.Refused refused -> {
        open.add(new Open(Long.MAX_VALUE, reached, appended));
        fail("metadata log cannot be written: " + refused.message(), null);
      }
    }
  }

  @Override
  public void onDurable(PartitionLog synced, long durableEnd) {
    if (synced == log) {
      parts.turns().submit(() -> commit(durableEnd));
    }
  }

  /** The log directory went offline. */
  public void failed(DiskException cause) {
    parts.turns().submit(() -> fail("metadata log lost its disk: " + cause.getMessage(), cause));
  }

  private void commit(long durableEnd) {
    while (!failed && !open.isEmpty() && open.element().endOffset <= durableEnd) {
      Open next = open.remove();
      next.reached.run();
      next.appended.done(Outcome.COMMITTED);
    }
    reads.committed();
  }

  private void fail(String message, @Nullable RuntimeException cause) {
    if (failed) {
      return;
    }
    failed = true;
    MetadataException failure =
        cause == null ? new MetadataException(message) : new MetadataException(message, cause);
    Observer to = observer;
    if (to != null) {
      to.onFailure(failure);
    }
    while (!open.isEmpty()) {
      open.remove().appended.done(Outcome.FAILED);
    }
  }

  @Override
  public void barrier(Runnable reached) {
    if (open.isEmpty()) {
      parts.turns().submit(reached);
    } else {
      open.add(new Open(open.getLast().endOffset, () -> {}, _ -> reached.run()));
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A snapshot that cannot be written is tried again after as many bytes: the log has it all.
   */
  @Override
  public void snapshot(SnapshotId end, Stream<Message> records) {
    bytesSinceSnapshot = 0;
    try {
      snapshots.write(end, parts.clock().wallMs(), records);
      snapshot = end;
    } catch (DiskException fault) {
      LOG.log(
          System.Logger.Level.WARNING, "metadata snapshot was not written: " + fault.getMessage());
      return;
    }
    log.keeping().deleteRecords(end.offset());
    log.keeping().deleteOldSegments(end.offset());
  }

  @Override
  public long bytesSinceSnapshot() {
    return bytesSinceSnapshot;
  }

  @Override
  public List<Integer> voters() {
    return List.of(parts.nodeId());
  }

  /** Stops delivering. The log directory closes the files. */
  @Override
  public void close() {
    observer = null;
  }
}
