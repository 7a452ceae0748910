package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.log.segment.BatchWalk;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tidies what an interrupted clean-up left: removed segments that are still there, and compacted
 * segments that were about to take the place of others. A cleaner writes {@code .cleaned} files,
 * renames them all to {@code .swap}, the latest first, removes the segments they replace, and takes
 * the suffix away. So without {@code .cleaned} files the swap is decided and gets completed;
 * otherwise it never happened.
 */
final class SegmentSwap {
  private static final String CLEANED = SegmentFiles.CLEANED;
  private static final String SWAP = SegmentFiles.SWAP;
  private static final List<String> INDEXES =
      List.of(SegmentFiles.INDEX, SegmentFiles.TIME_INDEX, SegmentFiles.TRANSACTION_INDEX);
  private static final String TEMPORARY = ".tmp";

  private final SegmentFiles files;
  private final Disk disk;
  private final Path directory;

  private SegmentSwap(SegmentFiles files) {
    this.files = files;
    this.disk = files.disk();
    this.directory = files.directory();
  }

  static void tidy(SegmentFiles files) {
    SegmentSwap swap = new SegmentSwap(files);
    List<String> names = files.disk().list(files.directory());
    swap.removeLeftovers(names);
    swap.complete(names);
  }

  private void removeLeftovers(List<String> names) {
    long undecidedFrom = Long.MAX_VALUE;
    for (String name : names) {
      long cleaned = SegmentFiles.offset(name, SegmentFiles.LOG + CLEANED);
      if (cleaned != SegmentFiles.NONE) {
        undecidedFrom = Math.min(undecidedFrom, cleaned);
      }
    }
    for (String name : names) {
      boolean isUndecided = name.endsWith(SWAP) && swapOffset(name) >= undecidedFrom;
      if (isUndecided
          || name.endsWith(CLEANED)
          || name.endsWith(TEMPORARY)
          || name.endsWith(SegmentFiles.DELETED)) {
        disk.delete(directory.resolve(name));
      }
    }
  }

  private void complete(List<String> names) {
    List<Long> swaps = new ArrayList<>();
    for (String name : names) {
      long offset = SegmentFiles.offset(name, SegmentFiles.LOG + SWAP);
      if (offset != SegmentFiles.NONE && disk.exists(directory.resolve(name))) {
        swaps.add(offset);
      }
    }
    for (long swap : swaps) {
      removeReplaced(names, swap);
      disk.syncDirectory(directory);
      INDEXES.forEach(suffix -> rename(swap, suffix));
      rename(swap, SegmentFiles.LOG);
    }
    for (String name : names) {
      if (name.endsWith(SWAP)) {
        disk.delete(directory.resolve(name));
      }
    }
    if (!swaps.isEmpty()) {
      disk.syncDirectory(directory);
    }
  }

  private void rename(long swap, String suffix) {
    Path from = files.path(swap, suffix + SWAP);
    if (disk.exists(from)) {
      disk.rename(from, files.path(swap, suffix));
    }
  }

  /**
   * Removes the segments whose records the swapped one holds. Their logs last: as long as one is
   * there, its indexes are known to be stale.
   */
  private void removeReplaced(List<String> names, long swap) {
    long end = endOffset(swap);
    for (String name : names) {
      long offset = SegmentFiles.offset(name, SegmentFiles.LOG);
      if (offset != SegmentFiles.NONE && offset >= swap && (offset < end || offset == swap)) {
        INDEXES.forEach(suffix -> disk.delete(files.path(offset, suffix)));
        disk.delete(directory.resolve(name));
      }
    }
  }

  private long endOffset(long swap) {
    Segment segment = Segment.openAs(files, swap, SegmentFiles.LOG + SWAP);
    try {
      BatchWalk walk = segment.walk(0, segment.sizeBytes(), BatchWalk.SCAN_BYTES);
      long end = swap;
      while (walk.next()) {
        end = walk.header().nextOffset();
      }
      return end;
    } finally {
      segment.close();
    }
  }

  private static long swapOffset(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? SegmentFiles.NONE : SegmentFiles.offset(name.substring(0, dot), "");
  }
}
