package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import java.util.Arrays;

/**
 * Takes records back. In the order that a crash in the middle leaves a log that is whole: first the
 * promises about the log, then what was derived from the records, then the records from the end on.
 * Runs under the keeping lock; holds the partition's lock throughout.
 */
final class LogTruncation {
  private final PartitionLog log;
  private final SegmentFiles files;
  private final Disk disk;

  LogTruncation(PartitionLog log, SegmentFiles files) {
    this.log = log;
    this.files = files;
    this.disk = files.disk();
  }

  void truncateTo(long offset) {
    log.lock().lock();
    try {
      LogView view = log.tail().view();
      long wanted = Math.max(offset, view.segments()[0].baseOffset());
      long end = view.endBelow(wanted);
      log.context().checkpoints().lower(log.context(), end);
      log.flushing().flushedOnlyTo(end);
      removeSnapshotsAbove(end);
      Segment[] kept = cut(view.segments(), end);
      new ProducerRestore(files, log.tail().producers()).run(Arrays.asList(kept), end);
      log.tail().replace(Math.min(view.startOffset(), end), end, kept);
      disk.syncDirectory(files.directory());
    } finally {
      log.lock().unlock();
    }
  }

  void restartAt(long offset) {
    log.lock().lock();
    try {
      log.context().checkpoints().lower(log.context(), 0);
      log.flushing().flushedOnlyTo(0);
      removeSnapshotsAbove(SegmentFiles.NONE);
      for (Segment segment : Arrays.asList(log.tail().view().segments()).reversed()) {
        segment.delete();
      }
      log.tail().producers().clear();
      Segment first = Segment.create(files, offset);
      log.tail().replace(offset, offset, new Segment[] {first});
      disk.syncDirectory(files.directory());
    } finally {
      log.lock().unlock();
    }
  }

  private Segment[] cut(Segment[] segments, long end) {
    int kept = segments.length;
    while (kept > 1 && segments[kept - 1].baseOffset() >= end) {
      segments[--kept].delete();
    }
    Segment last = segments[kept - 1];
    last.truncate(end, log.settings().segment().indexIntervalBytes());
    last.file().sync();
    return Arrays.copyOf(segments, kept);
  }

  private void removeSnapshotsAbove(long offset) {
    for (String name : disk.list(files.directory())) {
      if (SegmentFiles.offset(name, SegmentFiles.SNAPSHOT) > offset) {
        disk.delete(files.directory().resolve(name));
      }
    }
    disk.syncDirectory(files.directory());
  }
}
