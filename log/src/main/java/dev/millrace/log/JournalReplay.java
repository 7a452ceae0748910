package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.checkpoint.PartitionMetadata;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.log.journal.Frame;
import dev.millrace.log.journal.JournalFile;
import dev.millrace.log.journal.JournalReader;
import dev.millrace.log.journal.JournalReader.Entry;
import dev.millrace.log.journal.JournalReader.WholeFrame;
import dev.millrace.log.journal.LogKey;
import dev.millrace.log.segment.BatchWalk;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a flush journal holds back into the segments' files, before any log is opened. Every
 * byte is written again where it was appended, in the order in which it was, and synced; recovery
 * then finds the logs as if their files had been synced with each acknowledgement. Doing it twice
 * does no harm.
 *
 * <p>Nothing is put back into a partition that has another id now, into a file that is not there
 * any more, or over whole batches that are others: somebody else has written there.
 */
final class JournalReplay {
  private static final System.Logger LOGGER = System.getLogger(JournalReplay.class.getName());

  /** Of a batch's CRC in its header. */
  private static final int CRC_AT = 17;

  private final Disk disk;
  private final Path directory;
  private final DirectoryCheckpoints checkpoints;
  private final Map<Path, DiskFile> files = new LinkedHashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(Frame.BYTES_MAX);

  private JournalReplay(Disk disk, Path directory, DirectoryCheckpoints checkpoints) {
    this.disk = disk;
    this.directory = directory;
    this.checkpoints = checkpoints;
  }

  /**
   * Replays the journal of a directory, if it has one, and voids it.
   *
   * @param wasStopped whether the directory was left in order: then only another program, to which
   *     the journal means nothing, can have written to it since
   * @return the number of the next frame
   * @throws CorruptFileException when the journal is damaged
   */
  static long run(Disk disk, Path directory, DirectoryCheckpoints checkpoints, boolean wasStopped) {
    Path path = directory.resolve(JournalFile.NAME);
    if (!disk.exists(path)) {
      return 1;
    }
    try (DiskFile file = disk.open(path, Access.WRITE)) {
      JournalReader journal = JournalReader.open(file, path);
      List<WholeFrame> frames = journal.frames();
      long next = JournalReader.nextSequence(journal.header(), frames);
      if (!frames.isEmpty()) {
        if (wasStopped) {
          LOGGER.log(
              System.Logger.Level.WARNING,
              "passing over a flush journal: another program used the directory, path=" + path);
        } else {
          new JournalReplay(disk, directory, checkpoints).replay(journal, frames);
        }
        JournalFile.voidAll(file, next);
      }
      return next;
    }
  }

  private void replay(JournalReader journal, List<WholeFrame> frames) {
    try {
      Map<LogKey, Long> ends = new LinkedHashMap<>();
      byLog(frames)
          .forEach((log, entries) -> {
            long end = restore(log, entries, journal);
            if (end > 0) {
              ends.put(log, end);
            }
          });
      files.values().forEach(DiskFile::sync);
      ends.forEach(checkpoints::restored);
      checkpoints.write();
      LOGGER.log(
          System.Logger.Level.INFO,
          "flush journal is replayed, frames={0} logs={1}",
          frames.size(),
          ends.size());
    } finally {
      files.values().forEach(DiskFile::close);
    }
  }

  /** What counts of each log. */
  private static Map<LogKey, List<Entry.Data>> byLog(List<WholeFrame> frames) {
    Map<LogKey, List<Entry.Data>> byLog = new LinkedHashMap<>();
    for (WholeFrame frame : frames) {
      for (Entry entry : frame.entries()) {
        switch (entry) {
          case Entry.Data data ->
              byLog.computeIfAbsent(data.log(), _ -> new ArrayList<>()).add(data);
          case Entry.Forget(LogKey log) -> byLog.remove(log);
        }
      }
    }
    return byLog;
  }

  /** Writes a log's bytes. Returns the offset that it is on disk to, 0 when nothing was written. */
  private long restore(LogKey log, List<Entry.Data> entries, JournalReader journal) {
    Path partition = partition(log);
    if (partition == null) {
      return 0;
    }
    long end = 0;
    SegmentFiles names = new SegmentFiles(disk, partition);
    for (Entry.Data entry : entries) {
      DiskFile file = file(names.path(entry.segment(), SegmentFiles.LOG));
      if (file == null) {
        continue;
      }
      if (entry.isStart() && isTaken(file, entry, journal)) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "flush journal is not replayed where others have written, partition={0} offset={1}",
            log.partition(),
            end);
        return end;
      }
      write(file, entry, journal);
      end = entry.durableEnd();
    }
    return end;
  }

  /** The directory of a log, or null when it is gone. */
  private @Nullable Path partition(LogKey log) {
    String name = log.partition().toString();
    Path path = directory.resolve(name);
    if (!log.partition().equals(TopicPartition.ofDirectory(name)) || !disk.isDirectory(path)) {
      return null;
    }
    try {
      Path metadata = path.resolve(PartitionMetadata.NAME);
      return log.topicId().equals(PartitionMetadata.read(disk, metadata)) ? path : null;
    } catch (CorruptFileException damaged) {
      return null;
    }
  }

  private @Nullable DiskFile file(Path path) {
    DiskFile open = files.get(path);
    if (open == null && disk.exists(path)) {
      open = disk.open(path, Access.WRITE);
      files.put(path, open);
    }
    return open;
  }

  /**
   * Whether another whole batch lies where the entry begins. One with the same CRC is ours: a crash
   * can tear off its offset alone, which the CRC does not cover.
   */
  private boolean isTaken(DiskFile file, Entry.Data entry, JournalReader journal) {
    if (entry.span().length() < RecordBatch.HEADER_BYTES) {
      return false;
    }
    int limit = (int) Math.min(file.size(), Integer.MAX_VALUE);
    BatchWalk there = new BatchWalk(file, entry.span().position(), limit, BatchWalk.LOOKUP_BYTES);
    if (!there.next()) {
      return false;
    }
    ByteBuffer ours = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
    journal.read(entry, 0, ours);
    return there.header().crc() != ours.getInt(CRC_AT) && there.isIntact();
  }

  private void write(DiskFile file, Entry.Data entry, JournalReader journal) {
    int length = entry.span().length();
    Objects.checkFromIndexSize(0, length, buffer.capacity());
    buffer.clear().limit(length);
    journal.read(entry, 0, buffer);
    file.write(buffer.flip(), entry.span().position());
  }
}
