package dev.millrace.log;

import dev.millrace.base.disk.FileRegion;
import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.index.TimeIndex;
import dev.millrace.log.producer.OpenTransactions;
import dev.millrace.log.segment.BatchPlace;
import dev.millrace.log.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log as it was at one moment: its bounds and its segments. Immutable, so that readers take no
 * lock; each append publishes a new one. Reads may throw what the disk throws.
 */
final class LogView {
  private final long startOffset;
  private final long endOffset;
  private final Segment[] segments;
  private final int endPosition;
  private final RecentBatches recent;
  private final int recentCount;
  private final OpenTransactions transactions;

  /**
   * A view up to what the active segment and {@code recent} hold now.
   *
   * @param segments oldest first, at least one
   */
  LogView(
      long startOffset,
      long endOffset,
      Segment[] segments,
      RecentBatches recent,
      OpenTransactions transactions) {
    this.startOffset = startOffset;
    this.endOffset = endOffset;
    this.segments = segments;
    this.endPosition = segments[segments.length - 1].sizeBytes();
    this.recent = recent;
    this.recentCount = recent.count();
    this.transactions = transactions;
  }

  long startOffset() {
    return startOffset;
  }

  long endOffset() {
    return endOffset;
  }

  OpenTransactions transactions() {
    return transactions;
  }

  RecentBatches recent() {
    return recent;
  }

  /** The segments, oldest first; not to be changed. */
  Segment[] segments() {
    return segments;
  }

  Segment active() {
    return segments[segments.length - 1];
  }

  long sizeBytes() {
    long bytes = endPosition;
    for (int i = 0; i < segments.length - 1; i++) {
      bytes += segments[i].sizeBytes();
    }
    return bytes;
  }

  /** See {@link PartitionLog#read}. */
  ReadResult read(long offset, int maxBytes, boolean minOneBatch, long upToOffset) {
    if (offset < startOffset || offset > endOffset) {
      return new ReadResult.OutOfRange(startOffset, endOffset);
    }
    long limitOffset = Math.min(upToOffset, endOffset);
    if (offset >= limitOffset) {
      return ReadResult.Nothing.INSTANCE;
    }
    for (int i = floor(offset); i < segments.length; i++) {
      BatchPlace first = place(i, offset);
      if (first != null) {
        int limit = first.lastOffset() < limitOffset ? limit(i, limitOffset) : first.position();
        return region(i, first, limit, maxBytes, minOneBatch);
      }
    }
    return ReadResult.Nothing.INSTANCE;
  }

  /** The first record from the start on with at least this time, or null. */
  Segment.@Nullable Found findTime(long timestampMs) {
    for (int i = 0; i < segments.length; i++) {
      TimeIndex.Entry latest = segments[i].latest();
      if (latest != null && latest.timestampMs() >= timestampMs) {
        Segment.Found found = segments[i].findTime(timestampMs, startOffset, size(i));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** The first record that has the highest time, or null when there is none with a time. */
  Segment.@Nullable Found findMaxTime() {
    long highest = Segment.NONE;
    for (int i = 0; i < segments.length; i++) {
      highest = Math.max(highest, maxTimeMs(i));
    }
    return highest == Segment.NONE ? null : findTime(highest);
  }

  private long maxTimeMs(int index) {
    if (segments[index].baseOffset() < startOffset) {
      return segments[index].maxTimeMs(startOffset, size(index));
    }
    TimeIndex.Entry latest = segments[index].latest();
    return latest == null ? Segment.NONE : latest.timestampMs();
  }

  /** The aborted transactions with records from {@code from} to below {@code upTo}. */
  List<AbortedTransaction> aborted(long from, long upTo) {
    List<AbortedTransaction> found = new ArrayList<>();
    for (int i = floor(from); i < segments.length; i++) {
      if (segments[i].transactions().collect(from, upTo, found)) {
        break;
      }
    }
    return found;
  }

  /** Whether the offset lies before the active segment. */
  boolean isBeforeActive(long offset) {
    return offset < active().baseOffset();
  }

  /** The offset after the last batch that ends below {@code limit}. */
  long endBelow(long limit) {
    int at = floor(limit - 1);
    return segments[at].endBelow(limit, size(at));
  }

  /** Index of the segment that holds the offset; the first one for offsets before it. */
  int floor(long offset) {
    int low = 0;
    int high = segments.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (segments[middle].baseOffset() <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private ReadResult region(
      int index, BatchPlace first, int limit, int maxBytes, boolean minOneBatch) {
    int bytes = Math.min(limit - first.position(), Math.max(maxBytes, 0));
    if (bytes < first.sizeBytes()) {
      if (!minOneBatch || limit < first.end()) {
        return ReadResult.Nothing.INSTANCE;
      }
      bytes = first.sizeBytes();
    }
    FileRegion region = new FileRegion(segments[index].file(), first.position(), bytes);
    int end = first.position() + bytes;
    long above = end < limit ? segments[index].above(end) : Long.MAX_VALUE;
    return new ReadResult.Batches(region, first.baseOffset(), Math.min(above, endOf(index)));
  }

  /** Where the next segment begins, or the log ends. */
  private long endOf(int index) {
    return index == segments.length - 1 ? endOffset : segments[index + 1].baseOffset();
  }

  private int size(int index) {
    return index == segments.length - 1 ? endPosition : segments[index].sizeBytes();
  }

  /** Position of the first byte that a reader below {@code limitOffset} must not see. */
  private int limit(int index, long limitOffset) {
    if (limitOffset >= endOf(index)) {
      return size(index);
    }
    BatchPlace beyond = place(index, limitOffset);
    return beyond == null ? size(index) : beyond.position();
  }

  /** The first batch of a segment that ends at or after {@code offset}. */
  private @Nullable BatchPlace place(int index, long offset) {
    if (index == segments.length - 1) {
      int at = recent.find(offset, recentCount);
      if (at >= 0) {
        boolean isNewest = at == recentCount - 1;
        long next = isNewest ? endOffset : recent.baseOffset(at + 1);
        int end = isNewest ? endPosition : recent.position(at + 1);
        int position = recent.position(at);
        return new BatchPlace(recent.baseOffset(at), next - 1, position, end - position);
      }
    }
    return segments[index].find(offset, size(index));
  }
}
