package dev.millrace.log.clean;

import dev.millrace.log.clean.BatchFilter.Fate;
import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The second half of a compaction for neighbouring segments that become one. A single segment of
 * which everything stays is not written at all: writing begins with the first batch that changes,
 * and what lies before it is copied then. Belongs to one thread.
 */
final class GroupRewrite {
  private final List<Source> group;
  private final BatchFilter filter;
  private final BatchReader reader;
  private final SegmentFiles files;
  private final CleanRules rules;
  private final List<AbortedTransaction> aborted = new ArrayList<>();
  private @Nullable StagedSegment staged;
  private @Nullable Fate awaited;
  private int awaitedAt = -1;
  private int next;
  private boolean isInSource;

  GroupRewrite(
      List<Source> group,
      BatchFilter filter,
      BatchReader reader,
      SegmentFiles files,
      CleanRules rules) {
    this.group = group;
    this.filter = filter;
    this.reader = reader;
    this.files = files;
    this.rules = rules;
    if (group.size() > 1) {
      staged = new StagedSegment(files, baseOffset(), rules);
    }
  }

  /** The segments that it goes over. */
  List<Segment> segments() {
    return group.stream().map(Source::segment).toList();
  }

  /**
   * Goes on over about so many bytes.
   *
   * @return whether there is more to do
   */
  boolean step(long bytes) {
    long left = bytes;
    while (left > 0) {
      if (!isInSource && !enter()) {
        return false;
      }
      RecordBatch batch = reader.next();
      if (batch == null) {
        isInSource = false;
      } else {
        left -= batch.sizeBytes();
        take(batch);
      }
    }
    return true;
  }

  /**
   * What was written, on disk but for its names; null when everything stays as it is.
   *
   * @param mappedEnd entries of transactions that end from it on stay
   */
  @Nullable Segment finish(long mappedEnd) {
    StagedSegment written = staged;
    if (written == null) {
      return null;
    }
    Segment last = group.getLast().segment();
    List<AbortedTransaction> beyond = new ArrayList<>();
    last.transactions().collect(mappedEnd, Long.MAX_VALUE, beyond);
    beyond.removeIf(one -> one.lastOffset() < mappedEnd);
    aborted.addAll(beyond);
    return written.finish(aborted);
  }

  /** Removes what was written. */
  void discard() {
    if (staged != null) {
      staged.discard();
    }
  }

  /** Bytes written since the last time this was asked. */
  long takeBytesWritten() {
    return staged == null ? 0 : staged.takeBytesWritten();
  }

  private boolean enter() {
    if (next == group.size()) {
      return false;
    }
    Segment segment = group.get(next++).segment();
    reader.begin(segment.file(), 0, segment.sizeBytes());
    isInSource = true;
    return true;
  }

  private void take(RecordBatch batch) {
    StagedSegment target = staged;
    if (reader.position() < awaitedAt && target != null) {
      target.put(batch.slice());
      return;
    }
    Fate fate = awaited;
    if (fate == null) {
      fate = filter.judge(batch, next == group.size() && reader.isAtLast());
      AbortedTransaction ended = filter.aborted();
      if (ended != null) {
        aborted.add(ended);
      }
    }
    awaited = null;
    if (target != null) {
      put(batch, fate, target);
    } else if (fate != Fate.Kept.KEPT) {
      beginWriting(fate);
    }
  }

  /** Goes back to the start, to copy all that is before the batch that changes. */
  private void beginWriting(Fate fate) {
    staged = new StagedSegment(files, baseOffset(), rules);
    awaited = fate;
    awaitedAt = reader.position();
    Segment segment = group.getFirst().segment();
    reader.begin(segment.file(), 0, segment.sizeBytes());
  }

  private static void put(RecordBatch batch, Fate fate, StagedSegment target) {
    switch (fate) {
      case Fate.Kept _ -> target.put(batch.slice());
      case Fate.Replaced replaced -> target.put(replaced.bytes());
      case Fate.Gone _ -> {}
    }
  }

  private long baseOffset() {
    return group.getFirst().segment().baseOffset();
  }
}
