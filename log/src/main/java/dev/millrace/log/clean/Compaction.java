package dev.millrace.log.clean;

import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One compaction of one log, in steps. First the latest offset of each key in the dirty part is
 * noted; then every segment up to there is written again without the records that are outdated by
 * one of those, group after group from the oldest on. What does not fit into the keys' memory is
 * left for the next compaction. Belongs to one thread.
 *
 * <p>At any moment it can be left, or the machine can die: each swap takes away only records that a
 * later one has replaced, or whose time is over, and the later ones are still there.
 */
public final class Compaction {
  /** About so many bytes are gone over in a step. */
  public static final int STEP_BYTES = 1 << 20;

  private final Range range;
  private final KeyOffsets keys;
  private final CleanRules rules;
  private final SegmentFiles files;
  private final CleanLog log;
  private final BatchReader reader;
  private final KeyScan scan;
  private final DecidedTransactions transactions = new DecidedTransactions();
  private @Nullable BatchFilter filter;
  private List<List<Source>> groups = List.of();
  private int next;
  private @Nullable GroupRewrite rewrite;
  private boolean isMapped;
  private boolean isOvertaken;
  private long bytesSwapped;

  /**
   * What is compacted.
   *
   * @param sources finished segments from the log's first one on, without a gap
   * @param dirtyFrom below it every key has one record
   * @param end nothing from it on is touched; in the last of the sources, or where it ends
   */
  public record Range(List<Source> sources, long dirtyFrom, long end) {}

  /**
   * Begins a compaction.
   *
   * @param keys what was in it is forgotten; it is not closed
   */
  public Compaction(
      Range range, KeyOffsets keys, CleanRules rules, SegmentFiles files, CleanLog log) {
    this.range = range;
    this.keys = keys;
    this.rules = rules;
    this.files = files;
    this.log = log;
    this.reader = new BatchReader(rules.bufferBytes());
    List<Source> dirty =
        range.sources.stream().filter(one -> one.endOffset() > range.dirtyFrom).toList();
    this.scan = new KeyScan(dirty, range.dirtyFrom, range.end, keys, reader, log);
    keys.begin(range.end - range.dirtyFrom);
  }

  /**
   * Goes on for a little.
   *
   * @return whether there is more to do
   * @throws dev.millrace.wire.records.CorruptRecordsException when the log holds what is no batch
   * @throws dev.millrace.base.disk.DiskException when the disk fails
   */
  public boolean step() {
    if (!isMapped) {
      if (!scan.step(STEP_BYTES)) {
        beginRewriting();
      }
      return true;
    }
    GroupRewrite current = rewrite;
    if (current == null) {
      return enter();
    }
    if (!current.step(STEP_BYTES)) {
      finish(current);
    }
    return !isOvertaken;
  }

  /** Removes what was not taken over. The log is as it was after the last swap. */
  public void abandon() {
    if (rewrite != null) {
      rewrite.discard();
      rewrite = null;
    }
  }

  /** Below it every key has one record once all is done. */
  public long cleanEnd() {
    return scan.mappedEnd();
  }

  /** Whether the log was changed by someone else, so that this compaction has ended early. */
  public boolean isOvertaken() {
    return isOvertaken;
  }

  /** The segments that are read now: when one is gone, a fault in it means nothing. */
  public List<Segment> segmentsInWork() {
    if (!isMapped) {
      return range.sources.stream().map(Source::segment).toList();
    }
    GroupRewrite current = rewrite;
    return current == null ? List.of() : current.segments();
  }

  /** What was passed over because its records are not what a batch says, or null. */
  public @Nullable String lie() {
    return filter == null ? null : filter.lie();
  }

  /** Bytes read and written since the last time this was asked. */
  public long takeBytesMoved() {
    GroupRewrite current = rewrite;
    long swapped = bytesSwapped;
    bytesSwapped = 0;
    return swapped + reader.takeBytesRead() + (current == null ? 0 : current.takeBytesWritten());
  }

  private void beginRewriting() {
    isMapped = true;
    long end = scan.mappedEnd();
    filter = new BatchFilter(keys, end, rules, transactions);
    List<Source> sources =
        range.sources.stream().filter(one -> one.segment().baseOffset() < end).toList();
    groups = Groups.of(sources, rules);
  }

  private boolean enter() {
    BatchFilter judge = filter;
    if (next == groups.size() || judge == null) {
      return false;
    }
    List<Source> group = groups.get(next++);
    long upTo = Math.min(group.getLast().endOffset(), scan.mappedEnd());
    transactions.expect(log.aborted(group.getFirst().segment().baseOffset(), upTo));
    rewrite = new GroupRewrite(group, judge, reader, files, rules);
    return true;
  }

  private void finish(GroupRewrite done) {
    Segment fresh = done.finish(scan.mappedEnd());
    bytesSwapped += done.takeBytesWritten();
    isOvertaken = fresh != null && !log.swap(done.segments(), fresh);
    rewrite = isOvertaken ? done : null;
  }
}
