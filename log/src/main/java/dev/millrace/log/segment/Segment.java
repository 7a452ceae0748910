package dev.millrace.log.segment;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.index.OffsetIndex;
import dev.millrace.log.index.TimeIndex;
import dev.millrace.log.index.TransactionIndex;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A run of batches in one file, with its indexes. The file holds the batches as they came over the
 * wire, one after the other, offsets rising.
 */
public final class Segment {
  /** No timestamp. */
  public static final long NONE = -1;

  /** A finished segment above this size has an index with entries. */
  private static final int UNINDEXED_BYTES_MAX = 4 << 20;

  private static final String[] INDEX_SUFFIXES = {
    SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_INDEX
  };

  private final SegmentFiles files;
  private final long baseOffset;
  private final TransactionIndex transactions;
  private final OffsetIndex offsets;
  private final TimeIndex times;
  private volatile int sizeBytes;
  private volatile @Nullable DiskFile log;
  private volatile TimeIndex.@Nullable Entry latest;
  private boolean latestKnown;
  private long firstTimestampMs = NONE;
  private int bytesSinceIndexed;

  /** What its files have behind their names. */
  private volatile String stage = "";

  private volatile boolean retired;

  private Segment(SegmentFiles files, long baseOffset, boolean fresh) {
    this.files = files;
    this.baseOffset = baseOffset;
    this.offsets = offsetIndex(fresh);
    this.times = timeIndex(fresh);
    this.transactions =
        new TransactionIndex(files.disk(), () -> path(SegmentFiles.TRANSACTION_INDEX), fresh);
    this.latestKnown = fresh;
  }

  /** A new segment without batches; its file is created. */
  public static Segment create(SegmentFiles files, long baseOffset) {
    return create(files, baseOffset, "");
  }

  /**
   * A new segment whose files do not have their names yet.
   *
   * @param stage what is behind their names: {@link SegmentFiles#CLEANED}
   */
  public static Segment create(SegmentFiles files, long baseOffset, String stage) {
    Segment segment = new Segment(files, baseOffset, true);
    segment.stage = stage;
    Disk disk = files.disk();
    for (String suffix : INDEX_SUFFIXES) {
      disk.delete(segment.path(suffix));
    }
    DiskFile file = disk.open(segment.path(SegmentFiles.LOG), Access.WRITE);
    file.truncate(0);
    segment.log = file;
    return segment;
  }

  /** A segment whose file is there. Nothing is read but its size. */
  public static Segment open(SegmentFiles files, long baseOffset) {
    return openAs(files, baseOffset, SegmentFiles.LOG);
  }

  /** A segment whose log file has another suffix still. */
  public static Segment openAs(SegmentFiles files, long baseOffset, String suffix) {
    Segment segment = new Segment(files, baseOffset, false);
    Path path = files.path(baseOffset, suffix);
    segment.log = suffix.equals(SegmentFiles.LOG) ? null : files.disk().open(path, Access.READ);
    long size = files.disk().size(path);
    if (size > Integer.MAX_VALUE) {
      throw new CorruptRecordsException(
          "segment is larger than 2 GiB, baseOffset=" + baseOffset + " bytes=" + size);
    }
    segment.sizeBytes = (int) size;
    return segment;
  }

  public long baseOffset() {
    return baseOffset;
  }

  public int sizeBytes() {
    return sizeBytes;
  }

  /** The log file, opened when it was not. */
  public DiskFile file() {
    DiskFile open = log;
    if (open == null) {
      synchronized (this) {
        open = log;
        if (open == null) {
          // a reader of an old view must not bring a removed file back
          Path path = path(SegmentFiles.LOG);
          open = files.disk().open(path, files.disk().exists(path) ? Access.WRITE : Access.READ);
          log = open;
        }
      }
    }
    return open;
  }

  /** Where the log file is now. */
  public Path path() {
    return path(SegmentFiles.LOG);
  }

  /** The index of aborted transactions; belongs to the partition's lock for writes. */
  public TransactionIndex transactions() {
    return transactions;
  }

  /** Entries of the fuller of the two indexes, as bytes. */
  public int indexBytes() {
    return Math.max(
        offsets.count() * OffsetIndex.ENTRY_BYTES, times.count() * TimeIndex.ENTRY_BYTES);
  }

  /** Entries of the index of offsets. */
  public int indexEntries() {
    return offsets.count();
  }

  /** Writes bytes at the end; they count only after {@link #note}. */
  public void write(ByteBuffer batches) {
    file().write(batches, sizeBytes);
  }

  /** Writes the bytes from a position to the end once more, so that the next sync takes them. */
  public void rewrite(int from) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.min(BatchWalk.SCAN_BYTES, sizeBytes - from));
    for (int at = from; at < sizeBytes; at += buffer.limit()) {
      buffer.clear().limit(Math.min(buffer.capacity(), sizeBytes - at));
      file().read(buffer, at);
      file().write(buffer.flip(), at);
    }
  }

  /** Cuts what a failed write may have left behind the end. */
  public void undoWrite() {
    file().truncate(sizeBytes);
  }

  /**
   * Counts the next batch of the file, and indexes it when enough bytes lie between it and the last
   * one that was indexed.
   */
  public void note(RecordBatch header, int indexIntervalBytes) {
    TimeIndex.Entry highest = latest();
    if (header.maxTimestamp() > (highest == null ? NONE : highest.timestampMs())) {
      highest = new TimeIndex.Entry(header.maxTimestamp(), header.lastOffset());
      latest = highest;
    }
    if (sizeBytes == 0) {
      firstTimestampMs = header.maxTimestamp();
    }
    if (bytesSinceIndexed > indexIntervalBytes) {
      offsets.append(header.lastOffset(), sizeBytes);
      if (highest != null) {
        times.appendIfLater(highest.timestampMs(), highest.offset());
      }
      bytesSinceIndexed = 0;
    }
    bytesSinceIndexed += header.sizeBytes();
    sizeBytes += header.sizeBytes();
  }

  /** The highest timestamp and the last offset of its batch; null when there is none. */
  public TimeIndex.@Nullable Entry latest() {
    TimeIndex.Entry known = latest;
    if (known != null || latestKnown) {
      return known;
    }
    return loadLatest();
  }

  /** Highest timestamp of the first batch, ms; {@link #NONE} when there is no batch. */
  public long firstTimestampMs() {
    if (firstTimestampMs == NONE && sizeBytes > 0) {
      BatchWalk walk = walk(0, sizeBytes, BatchWalk.LOOKUP_BYTES);
      firstTimestampMs = walk.next() ? walk.header().maxTimestamp() : NONE;
    }
    return firstTimestampMs;
  }

  /** Finishes the segment: its indexes are completed and written out. */
  public void seal() {
    flushIndexes();
    releaseIndexes();
  }

  /** Gives the open files of the indexes back; they are opened again when needed. */
  public void releaseIndexes() {
    offsets.release();
    times.release();
    transactions.release();
  }

  /** Writes the indexes out so that a reader who starts here knows the highest timestamp. */
  public void flushIndexes() {
    TimeIndex.Entry highest = latest();
    if (highest != null && sizeBytes > 0) {
      times.appendIfLater(highest.timestampMs(), highest.offset());
    }
    offsets.flush();
    times.flush();
    transactions.flush();
  }

  /** Makes the written indexes last. */
  public void syncIndexes() {
    offsets.sync();
    times.sync();
    transactions.sync();
  }

  /** Walks the batches from a position that is the start of one. */
  public BatchWalk walk(int from, int limit, int readAheadBytes) {
    return new BatchWalk(file(), from, limit, readAheadBytes);
  }

  /** A walk that stands at the first batch that ends at or after an offset, or at the end. */
  public BatchWalk walkFrom(long offset) {
    BatchWalk walk = walkNear(offset, sizeBytes);
    while (walk.isAtBatch() && walk.header().lastOffset() < offset) {
      walk.next();
    }
    return walk;
  }

  /** An offset above those of all batches that begin before {@code position}. */
  public long above(int position) {
    return offsets.above(position);
  }

  /**
   * The first batch that ends at or after {@code offset}, starting before {@code limit}; null when
   * there is none.
   *
   * @throws CorruptRecordsException when the walk to it meets what is no batch
   */
  public @Nullable BatchPlace find(long offset, int limit) {
    BatchWalk walk = walkNear(offset, limit);
    for (; walk.isAtBatch(); walk.next()) {
      if (walk.header().lastOffset() >= offset) {
        return walk.place();
      }
    }
    checkEnd(walk);
    return null;
  }

  /** A record's offset and time. */
  public record Found(long offset, long timestampMs, int leaderEpoch) {}

  /**
   * The first record from {@code fromOffset} on, in batches before {@code limit}, whose time is at
   * least {@code timestampMs}; null when there is none. Batches that may hold it are decompressed.
   */
  public @Nullable Found findTime(long timestampMs, long fromOffset, int limit) {
    TimeIndex.Entry before = times.floor(timestampMs);
    long start = before == null ? fromOffset : Math.max(fromOffset, before.offset());
    BatchWalk walk = walkNear(start, limit);
    for (; walk.isAtBatch(); walk.next()) {
      RecordBatch header = walk.header();
      if (header.maxTimestamp() >= timestampMs && header.lastOffset() >= fromOffset) {
        Found found = findTime(walk.whole(), timestampMs, fromOffset);
        if (found != null) {
          return found;
        }
      }
    }
    checkEnd(walk);
    return null;
  }

  /** The offset after the last batch that ends below {@code limit}; the base when none does. */
  public long endBelow(long limit, int sizeLimit) {
    long end = baseOffset;
    BatchWalk walk = walkNear(limit - 1, sizeLimit);
    for (; walk.isAtBatch() && walk.header().lastOffset() < limit; walk.next()) {
      end = walk.header().nextOffset();
    }
    checkEnd(walk);
    return end;
  }

  /** The highest time of the records from an offset on, ms, or {@link #NONE}; walks to the end. */
  public long maxTimeMs(long fromOffset, int limit) {
    long highest = NONE;
    BatchWalk walk = walkNear(fromOffset, limit);
    for (; walk.isAtBatch(); walk.next()) {
      RecordBatch header = walk.header();
      if (header.baseOffset() >= fromOffset) {
        highest = Math.max(highest, header.maxTimestamp());
      } else if (header.lastOffset() >= fromOffset) {
        highest = Math.max(highest, maxTimeMs(walk.whole(), fromOffset));
      }
    }
    checkEnd(walk);
    return highest;
  }

  private static long maxTimeMs(RecordBatch batch, long fromOffset) {
    long highest = NONE;
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        if (records.offset() >= fromOffset) {
          highest = Math.max(highest, records.timestampMs());
        }
      }
    }
    return highest;
  }

  /**
   * Forgets everything from the first batch on that ends at or after {@code offset}. Readers of the
   * old view may see the bytes change.
   */
  public void truncate(long offset, int indexIntervalBytes) {
    BatchPlace first = find(offset, sizeBytes);
    if (first != null) {
      file().truncate(first.position());
      sizeBytes = first.position();
      renote(offset, indexIntervalBytes);
    }
  }

  /**
   * Makes ready to note the batches again from the returned position on: entries for what ends at
   * or after {@code offset} leave the indexes, so do all when they contradict the log.
   *
   * @return position of a batch that is at or before {@code offset}; the size counts up to it
   */
  public int rewind(long offset) {
    int fileBytes = sizeBytes;
    offsets.trim();
    times.trim();
    transactions.trim();
    rewindIndexes(offset);
    OffsetIndex.Entry last = offsets.last();
    if (last != null && walkAt(last, fileBytes) == null) {
      rewindIndexes(baseOffset);
      last = null;
    }
    sizeBytes = last == null ? 0 : last.position();
    bytesSinceIndexed = 0;
    return sizeBytes;
  }

  /** Whether the indexes of a finished segment are there and may be right, by their sizes. */
  public boolean hasIndexes() {
    return hasIndex(SegmentFiles.INDEX, OffsetIndex.ENTRY_BYTES)
        && hasIndex(SegmentFiles.TIME_INDEX, TimeIndex.ENTRY_BYTES);
  }

  /** Builds the indexes of offsets and times again from the log. */
  public void rebuildIndexes(int indexIntervalBytes) {
    renote(baseOffset, indexIntervalBytes);
    flushIndexes();
  }

  /** Closes the files. Regions that were given out can't be read any more. */
  public void close() {
    DiskFile open = log;
    log = null;
    if (open != null) {
      open.close();
    }
    offsets.close();
    times.close();
    transactions.close();
  }

  /** Closes the files for good: readers who still have the segment are told that it is gone. */
  public void retire() {
    retired = true;
    close();
  }

  /** Opens the files, so that they can be read whatever their names become. */
  public void pin() {
    file();
    offsets.pin();
    times.pin();
    transactions.pin();
  }

  /** Makes everything written last: the log and its indexes. Their names may not. */
  public void sync() {
    file().sync();
    flushIndexes();
    syncIndexes();
  }

  /** Has other names for the files from now on; the log gets its own last. */
  public void stage(String next) {
    for (String suffix : INDEX_SUFFIXES) {
      rename(suffix, next);
    }
    rename(SegmentFiles.LOG, next);
    stage = next;
  }

  /** Has the files named as deleted ones, the log first: without it the others say nothing. */
  public void stageDeleted() {
    rename(SegmentFiles.LOG, SegmentFiles.DELETED);
    stage(SegmentFiles.DELETED);
  }

  /** Closes the files and deletes them, the log last. */
  public void delete() {
    close();
    deleteFiles();
  }

  /** Deletes the files; those that are open can still be read. */
  public void deleteFiles() {
    for (String suffix : INDEX_SUFFIXES) {
      files.disk().delete(files.path(baseOffset, suffix + stage));
    }
    files.disk().delete(files.path(baseOffset, SegmentFiles.LOG + stage));
  }

  @Override
  public String toString() {
    return "Segment[baseOffset=" + baseOffset + " sizeBytes=" + sizeBytes + "]";
  }

  /** Notes the batches from an offset on again, and perhaps some before it. */
  private void renote(long offset, int indexIntervalBytes) {
    int end = sizeBytes;
    BatchWalk walk = walk(rewind(offset), end, BatchWalk.SCAN_BYTES);
    while (walk.next()) {
      note(walk.header(), indexIntervalBytes);
    }
    checkEnd(walk);
  }

  private boolean hasIndex(String suffix, int entryBytes) {
    Disk disk = files.disk();
    if (!disk.exists(files.path(baseOffset, suffix))) {
      return sizeBytes == 0;
    }
    long bytes = disk.size(files.path(baseOffset, suffix));
    return bytes % entryBytes == 0 && (bytes > 0 || sizeBytes < UNINDEXED_BYTES_MAX);
  }

  private void rewindIndexes(long offset) {
    offsets.truncate(offset);
    times.truncate(offset);
    latest = null;
    latestKnown = false;
    if (offsets.count() > 0 && times.count() == 0) {
      offsets.truncate(baseOffset);
    }
    latest = times.last();
    latestKnown = true;
    firstTimestampMs = NONE;
    bytesSinceIndexed = 0;
  }

  /** A walk that stands at a batch from which it meets the first that ends at or after offset. */
  private BatchWalk walkNear(long offset, int limit) {
    OffsetIndex.Entry entry = offsets.floor(offset);
    BatchWalk near = entry == null ? null : walkAt(entry, limit);
    if (near != null) {
      return near;
    }
    BatchWalk walk = walk(0, limit, BatchWalk.LOOKUP_BYTES);
    walk.next();
    return walk;
  }

  /** A walk that stands at the batch of an index entry; null when the log does not agree. */
  private @Nullable BatchWalk walkAt(OffsetIndex.Entry entry, int limit) {
    if (entry.position() < 0 || entry.position() >= limit) {
      return null;
    }
    BatchWalk walk = walk(entry.position(), limit, BatchWalk.LOOKUP_BYTES);
    boolean agrees =
        walk.next()
            && walk.header().baseOffset() <= entry.lastOffset()
            && walk.header().baseOffset() >= baseOffset;
    return agrees ? walk : null;
  }

  private static @Nullable Found findTime(RecordBatch batch, long timestampMs, long fromOffset) {
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        if (records.timestampMs() >= timestampMs && records.offset() >= fromOffset) {
          return new Found(records.offset(), records.timestampMs(), batch.partitionLeaderEpoch());
        }
      }
    }
    return null;
  }

  private void checkEnd(BatchWalk walk) {
    if (walk.fault() != null) {
      throw new CorruptRecordsException(
          walk.fault() + ", segment=" + baseOffset + " position=" + walk.position());
    }
  }

  private synchronized TimeIndex.@Nullable Entry loadLatest() {
    if (!latestKnown) {
      latest = times.last();
      latestKnown = true;
    }
    return latest;
  }

  private OffsetIndex offsetIndex(boolean fresh) {
    return new OffsetIndex(files.disk(), () -> path(SegmentFiles.INDEX), baseOffset, fresh);
  }

  private TimeIndex timeIndex(boolean fresh) {
    return new TimeIndex(files.disk(), () -> path(SegmentFiles.TIME_INDEX), baseOffset, fresh);
  }

  private void rename(String suffix, String next) {
    Path from = files.path(baseOffset, suffix + stage);
    if (files.disk().exists(from)) {
      files.disk().rename(from, files.path(baseOffset, suffix + next));
    }
  }

  /** Where a file is now. Its name may have gone over to another segment's file. */
  private Path path(String suffix) {
    Path path = files.path(baseOffset, suffix + stage);
    if (retired) {
      throw new DiskException(DiskException.Kind.MISSING, "segment was removed", path, null);
    }
    return path;
  }
}
