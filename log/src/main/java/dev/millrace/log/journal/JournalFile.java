package dev.millrace.log.journal;

import dev.millrace.base.disk.BlockFile;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The file of a journal, open for writes that last when they return. */
public final class JournalFile implements AutoCloseable {
  /** In the log directory. */
  public static final String NAME = "millrace-flush-journal";

  /** Smallest size, bytes. */
  public static final int BYTES_MIN = 64 << 10;

  private static final String TEMPORARY = ".tmp";
  private static final int ZEROS_BYTES = 1 << 20;

  private final BlockFile file;
  private final long halfBytes;
  private final ByteBuffer headerBlock = BlockFile.buffer(BlockFile.BLOCK_BYTES);
  private int headerSlot;

  private JournalFile(BlockFile file, JournalHeader.Latest latest) {
    this.file = file;
    this.halfBytes = latest.header().halfBytes();
    this.headerSlot = latest.slot();
  }

  /**
   * Opens the journal of a directory for its first frame; makes it when there is none of this size.
   * What it holds is void already.
   *
   * @param bytes of the whole file, at most so many are used
   * @param next the number of the first frame
   * @return null where the file system has no way to write past its cache
   */
  public static @Nullable JournalFile open(Disk disk, Path directory, long bytes, long next) {
    Path path = directory.resolve(NAME);
    long halfBytes = (bytes - JournalHeader.HALVES_AT) / 2 & -BlockFile.BLOCK_BYTES;
    JournalHeader header = new JournalHeader(halfBytes, next);
    if (!disk.exists(path) || disk.size(path) != header.halfAt(2)) {
      create(disk, directory, header);
    }
    JournalHeader.Latest latest;
    try (DiskFile file = disk.open(path, Access.READ)) {
      latest = JournalHeader.latest(file);
    }
    if (latest == null || !latest.header().equals(header)) {
      throw new IllegalStateException("flush journal was not made void, path=" + path);
    }
    BlockFile file = disk.blocks(path);
    if (file == null) {
      remove(disk, directory);
      return null;
    }
    return new JournalFile(file, latest);
  }

  /**
   * Voids all that a journal holds that is not open for writes.
   *
   * @param file of the journal, with a whole header
   * @param next above the number of every frame in it
   */
  public static void voidAll(DiskFile file, long next) {
    JournalHeader.Latest latest = Objects.requireNonNull(JournalHeader.latest(file));
    ByteBuffer block = ByteBuffer.allocate(BlockFile.BLOCK_BYTES);
    new JournalHeader(latest.header().halfBytes(), next).write(block);
    file.write(block, (1L - latest.slot()) * BlockFile.BLOCK_BYTES);
    file.sync();
  }

  /** Removes the journal of a directory; what it holds must be void. */
  public static void remove(Disk disk, Path directory) {
    disk.delete(directory.resolve(NAME));
    disk.syncDirectory(directory);
  }

  /** Bytes of each half. */
  public long halfBytes() {
    return halfBytes;
  }

  /** Voids the frames with a lower number. */
  public void voidBelow(long sequence) {
    new JournalHeader(halfBytes, sequence).write(headerBlock);
    headerSlot = 1 - headerSlot;
    file.write(headerBlock, (long) headerSlot * BlockFile.BLOCK_BYTES);
  }

  /**
   * Writes a frame.
   *
   * @param position in the half
   */
  public void write(Frame frame, long sequence, int half, long position) {
    long at = new JournalHeader(halfBytes, 0).halfAt(half) + position;
    file.write(frame.finish(sequence), at);
  }

  @Override
  public void close() {
    file.close();
  }

  /** Every byte is written once, so that the system need not note later which ones were. */
  private static void create(Disk disk, Path directory, JournalHeader header) {
    Path path = directory.resolve(NAME);
    Path temporary = directory.resolve(NAME + TEMPORARY);
    boolean isWritten = false;
    try (DiskFile file = disk.open(temporary, Access.WRITE)) {
      file.truncate(0);
      ByteBuffer zeros = ByteBuffer.allocate(ZEROS_BYTES);
      long end = header.halfAt(2);
      for (long at = 0; at < end; at += zeros.limit()) {
        file.write(zeros.clear().limit((int) Math.min(zeros.capacity(), end - at)), at);
        file.sync();
      }
      for (int slot = 0; slot < 2; slot++) {
        header.write(zeros);
        file.write(zeros, (long) slot * BlockFile.BLOCK_BYTES);
      }
      file.sync();
      isWritten = true;
    } finally {
      if (!isWritten) {
        deleteAfterFault(disk, temporary);
      }
    }
    disk.rename(temporary, path);
    disk.syncDirectory(directory);
  }

  private static void deleteAfterFault(Disk disk, Path path) {
    try {
      disk.delete(path);
    } catch (DiskException alsoFailed) {
      // the first fault is told
    }
  }
}
