package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import dev.millrace.log.LogSettings.SegmentSettings;
import dev.millrace.log.producer.Producer;
import dev.millrace.log.producer.ProducerRules.Check;
import dev.millrace.log.producer.ProducerRules.Verdict;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The end of a log, where it changes: judging and writing batches, rolling, and what is not synced
 * yet. Everything here belongs to the partition's lock; {@link #view} and {@link #epochs} are read
 * by anyone. A batch changes nothing before its bytes are written.
 */
final class LogTail {
  /** What a node cannot be without: it is written as long as there is any room. */
  private static final String VITAL = "__cluster_metadata";

  private static final String FULL = "disk is full, free some space";

  private final LogContext context;
  private final boolean isVital;
  private final SegmentFiles files;
  private final ProducerStates producers;
  private volatile LogView view;
  private volatile LeaderEpochs epochs;

  private List<Segment> unsyncedSegments;
  private boolean namesUnsynced;
  private boolean directoryUnsynced;
  private boolean epochsUnsynced;

  /** Those that were taken to be written: an epoch without records need not be on disk. */
  private LeaderEpochs epochsTaken;

  private int generation;
  private long activeSinceMs;

  /** The producers as they were at the base offsets of new segments, to be written down. */
  private final NavigableMap<Long, Collection<Producer>> snapshots = new TreeMap<>();

  LogTail(LogContext context, SegmentFiles files, LogState state) {
    this.context = context;
    this.isVital = VITAL.equals(context.partition().topic());
    this.files = files;
    this.producers = state.producers();
    this.epochs = state.epochs();
    this.epochsUnsynced = state.epochsChanged();
    this.epochsTaken = state.epochsChanged() ? LeaderEpochs.NONE : state.epochs();
    this.namesUnsynced = state.isNameUnsynced();
    this.directoryUnsynced = state.isNameUnsynced();
    this.unsyncedSegments = new ArrayList<>(state.unsynced());
    this.activeSinceMs = context.clock().wallMs();
    this.view =
        new LogView(
            state.startOffset(),
            state.endOffset(),
            state.segments().toArray(Segment[]::new),
            RecentBatches.NONE,
            producers.transactions());
  }

  LogView view() {
    return view;
  }

  LeaderEpochs epochs() {
    return epochs;
  }

  ProducerStates producers() {
    return producers;
  }

  int generation() {
    return generation;
  }

  /**
   * Appends batches.
   *
   * @param check {@link Check#NOTHING} for batches that have their offsets already
   */
  AppendResult append(Incoming incoming, int leaderEpoch, Check check, SegmentSettings limits) {
    boolean isLeader = check != Check.NOTHING;
    AppendResult misfit = misfit(incoming, isLeader, limits);
    if (misfit != null) {
      return misfit;
    }
    ProducerAppend changes = new ProducerAppend(producers, check);
    AppendResult objection = judge(incoming, changes, isLeader);
    if (objection != null) {
      return objection;
    }
    if (isLeader) {
      incoming.place(view.endOffset(), leaderEpoch);
    }
    if (!isVital && !context.health().mayAppend()) {
      return new AppendResult.Refused(ErrorCode.KAFKA_STORAGE_ERROR, FULL);
    }
    AppendResult full = write(incoming, limits);
    if (full != null && isVital) {
      full = write(incoming, limits); // the directory has given up what it kept for this
    }
    return full != null ? full : note(incoming, changes, limits);
  }

  /** Begins an epoch at an offset, when it is newer than the latest. */
  void startEpoch(int epoch, long startOffset) {
    epochs(epochs.with(epoch, startOffset));
  }

  /** Forgets epochs without records. */
  void forgetEmptyEpochs() {
    epochs(epochs.upTo(view.endOffset()));
  }

  /** Finishes the active segment and begins the next one. */
  void roll(long baseOffset) {
    Segment finished = view.active();
    finished.seal();
    Segment next = Segment.create(files, baseOffset);
    Segment[] segments = Arrays.copyOf(view.segments(), view.segments().length + 1);
    segments[segments.length - 1] = next;
    namesUnsynced = true;
    activeSinceMs = context.clock().wallMs();
    snapshots.put(baseOffset, producers.all());
    publish(view.startOffset(), segments, RecentBatches.NONE);
  }

  /** Goes on at a later offset, in a segment of its own: nothing is left of what lies between. */
  void skipTo(long offset) {
    roll(offset);
    view =
        new LogView(
            view.startOffset(),
            offset,
            view.segments(),
            RecentBatches.NONE,
            producers.transactions());
  }

  /** The producers as of each roll that is not written down yet, by offset. */
  NavigableMap<Long, Collection<Producer>> snapshots() {
    return new TreeMap<>(snapshots);
  }

  /** Notes that these are written down. */
  void forgetSnapshots(Collection<Long> offsets) {
    snapshots.keySet().removeAll(offsets);
  }

  /** Publishes what the producers keep back of the last stable offset. */
  void republish() {
    publish(view.startOffset(), view.segments(), view.recent());
  }

  /** Publishes a later start and the segments that are left. */
  void advanceStart(long startOffset, Segment[] segments) {
    unsyncedSegments.retainAll(Arrays.asList(segments));
    publish(startOffset, segments, view.recent());
    epochs(epochs.from(startOffset));
  }

  /**
   * Publishes a segment in the place of neighbours that hold the same, and more.
   *
   * @param old without the active one
   */
  void exchange(List<Segment> old, Segment fresh) {
    Segment[] before = view.segments();
    int from = Arrays.asList(before).indexOf(old.getFirst());
    Segment[] after = new Segment[before.length - old.size() + 1];
    System.arraycopy(before, 0, after, 0, from);
    after[from] = fresh;
    int rest = from + old.size();
    System.arraycopy(before, rest, after, from + 1, before.length - rest);
    unsyncedSegments.removeAll(old);
    publish(view.startOffset(), after, view.recent());
  }

  /** Publishes other content, after a truncation; the producers are rebuilt already. */
  void replace(long startOffset, long endOffset, Segment[] segments) {
    generation++;
    snapshots.tailMap(endOffset, false).clear();
    unsyncedSegments = new ArrayList<>(Arrays.asList(segments));
    namesUnsynced = true;
    activeSinceMs = context.clock().wallMs();
    epochs(startOffset == endOffset ? LeaderEpochs.NONE : epochs.upTo(endOffset));
    view =
        new LogView(startOffset, endOffset, segments, RecentBatches.NONE, producers.transactions());
  }

  /** Takes over what has to be synced. */
  Unsynced takeUnsynced() {
    Unsynced work = unsynced();
    LeaderEpochs lasting = work.epochs();
    unsyncedSegments = new ArrayList<>(1);
    namesUnsynced = false;
    directoryUnsynced = false;
    if (work.epochsChanged()) {
      epochsTaken = lasting;
    }
    epochsUnsynced = epochs != lasting;
    return work;
  }

  /** What has to be synced; still to be taken over. */
  Unsynced unsynced() {
    LeaderEpochs lasting = epochs.upTo(view.endOffset());
    Segment active = view.active();
    return new Unsynced(
        new FlushPoint(view.endOffset(), active, active.sizeBytes()),
        unsyncedSegments,
        namesUnsynced,
        directoryUnsynced,
        lasting,
        epochsUnsynced && !lasting.starts().equals(epochsTaken.starts()),
        generation);
  }

  Collection<Producer> producerList() {
    return producers.all();
  }

  /** Gives back what could not be synced for lack of space. */
  void putBack(Unsynced work) {
    for (Segment segment : unsyncedSegments) {
      work.segments().remove(segment);
    }
    work.segments().addAll(unsyncedSegments);
    unsyncedSegments = work.segments();
    namesUnsynced |= work.names();
    directoryUnsynced |= work.directoryName();
    if (work.epochsChanged()) {
      epochsUnsynced = true;
      epochsTaken = LeaderEpochs.NONE;
    }
  }

  private void publish(long startOffset, Segment[] segments, RecentBatches recent) {
    view = new LogView(startOffset, view.endOffset(), segments, recent, producers.transactions());
  }

  private void epochs(LeaderEpochs now) {
    epochsUnsynced |= now != epochs;
    epochs = now;
  }

  private @Nullable AppendResult misfit(
      Incoming incoming, boolean isLeader, SegmentSettings limits) {
    if (isLeader && incoming.sizeBytes() > limits.bytesMax()) {
      return new AppendResult.Refused(
          ErrorCode.RECORD_LIST_TOO_LARGE,
          "batch is larger than a segment, bytes="
              + incoming.sizeBytes()
              + " segmentBytesMax="
              + limits.bytesMax());
    }
    if (!isLeader && !incoming.continues(view.endOffset())) {
      return new AppendResult.Refused(
          ErrorCode.OFFSET_OUT_OF_RANGE,
          "copied batches do not continue the log, first="
              + incoming.baseOffset()
              + " end="
              + view.endOffset());
    }
    return null;
  }

  private @Nullable AppendResult judge(
      Incoming incoming, ProducerAppend changes, boolean isLeader) {
    long offset = view.endOffset();
    for (RecordBatch batch : incoming.batches()) {
      Verdict verdict = changes.judge(batch, isLeader ? offset : batch.baseOffset());
      offset += batch.lastOffsetDelta() + 1L;
      switch (verdict) {
        case null -> {}
        case Verdict.Refused refused -> {
          return new AppendResult.Refused(refused.error(), refused.message());
        }
        case Verdict.Duplicate duplicate when incoming.batches().size() == 1 -> {
          return new AppendResult.Duplicate(
              duplicate.original().firstOffset(),
              duplicate.original().lastOffset() + 1,
              duplicate.original().timestampMs(),
              view.startOffset());
        }
        case Verdict.Passed passed when incoming.batches().size() == 1 -> {
          return new AppendResult.Duplicate(
              AppendResult.NO_OFFSET, passed.endOffset(), AppendResult.NO_TIME, view.startOffset());
        }
        default -> {
          return new AppendResult.Refused(
              ErrorCode.INVALID_RECORD, "several batches and one of them is in the log already");
        }
      }
    }
    return null;
  }

  /** Writes the bytes, in a new segment when it is time. A full disk is answered, no fault. */
  private @Nullable AppendResult write(Incoming incoming, SegmentSettings limits) {
    try {
      if (isRollDue(incoming, limits)) {
        boolean isFar = incoming.lastOffset() - view.endOffset() > Integer.MAX_VALUE;
        roll(isFar ? incoming.baseOffset() : view.endOffset());
      }
    } catch (DiskException fault) {
      return full(fault);
    }
    Segment active = view.active();
    try {
      active.write(incoming.bytes());
      return null;
    } catch (DiskException fault) {
      AppendResult full = full(fault);
      active.undoWrite();
      noteUnsynced(active);
      return full;
    }
  }

  private void noteUnsynced(Segment active) {
    if (unsyncedSegments.isEmpty() || unsyncedSegments.getLast() != active) {
      unsyncedSegments.add(active);
    }
  }

  private AppendResult full(DiskException fault) {
    if (fault.kind() != DiskException.Kind.FULL) {
      throw fault;
    }
    String reason = FULL + ": " + fault.getMessage();
    context.health().full(reason);
    return new AppendResult.Refused(ErrorCode.KAFKA_STORAGE_ERROR, reason);
  }

  private AppendResult note(Incoming incoming, ProducerAppend changes, SegmentSettings limits) {
    LogView before = view;
    Segment active = before.active();
    RecentBatches recent = before.recent();
    long end = before.endOffset();
    for (RecordBatch batch : incoming.batches()) {
      recent = batch.baseOffset() == end ? recent : RecentBatches.NONE;
      recent = recent.append(batch.baseOffset(), active.sizeBytes());
      startEpoch(batch.partitionLeaderEpoch(), batch.baseOffset());
      active.note(batch, limits.indexIntervalBytes());
      end = batch.nextOffset();
    }
    changes.apply(active);
    noteUnsynced(active);
    if (!isVital) {
      context.health().appended();
    }
    long start = before.startOffset();
    view = new LogView(start, end, before.segments(), recent, producers.transactions());
    return new AppendResult.Appended(incoming.baseOffset(), end, AppendResult.NO_TIME, start);
  }

  private boolean isRollDue(Incoming incoming, SegmentSettings limits) {
    Segment active = view.active();
    if (incoming.lastOffset() - active.baseOffset() > Integer.MAX_VALUE) {
      return true;
    }
    if (active.sizeBytes() == 0) {
      return false;
    }
    return (long) active.sizeBytes() + incoming.sizeBytes() > limits.bytesMax()
        || active.indexBytes() >= limits.indexBytesMax()
        || ageMs(active, incoming) > limits.ageMs() - jitterMs(limits);
  }

  /** Age of the segment by the times of its records; by the clock when they have none. */
  private long ageMs(Segment active, Incoming incoming) {
    long first = active.firstTimestampMs();
    return first >= 0
        ? incoming.maxTimestampMs() - first
        : context.clock().wallMs() - activeSinceMs;
  }

  private long jitterMs(SegmentSettings limits) {
    long most = Math.min(limits.jitterMs(), limits.ageMs());
    return most <= 0
        ? 0
        : Math.floorMod(context.partition().hashCode() * 0x9e3779b97f4a7c15L, most);
  }
}
