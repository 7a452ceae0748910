package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.time.Clock;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file that keeps room on a volume for what has to go on when it is full: metadata, votes,
 * checkpoints. It is deleted when an append finds no room, and made again when there is plenty. Any
 * thread.
 */
final class Spare {
  static final String NAME = "millrace-spare";

  /** It is made only where there is so many times its size. */
  private static final int PLENTY = 4;

  private static final int PIECE_BYTES = 1 << 20;
  private static final long ROOM_BYTES_MIN = 1 << 20;
  private static final int ROOM_SHARE_MAX = 16;
  private static final long LOOK_MS = 500;

  private final Disk disk;
  private final Clock clock;
  private final Path directory;
  private final long bytes;
  private boolean isKept;
  private boolean isRoom;
  private boolean isClosed;
  private long nextLookMs;

  /**
   * Takes over what a former life left.
   *
   * @param bytes size of the file; 0 for none
   */
  Spare(Disk disk, Clock clock, Path directory, long bytes) {
    this.disk = disk;
    this.clock = clock;
    this.directory = directory;
    this.bytes = bytes;
    this.isKept = disk.exists(file());
    this.nextLookMs = clock.monotonicMs();
    if (isKept && (bytes == 0 || disk.size(file()) != bytes)) {
      give();
    }
  }

  /** Makes the file when it is missing and there is plenty of room; waits on the disk. */
  synchronized void make() {
    if (isKept || isClosed || bytes == 0 || disk.space(directory).usableBytes() / PLENTY < bytes) {
      return;
    }
    isKept = true;
    try (DiskFile made = disk.open(file(), Disk.Access.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(bytes, PIECE_BYTES));
      for (long at = 0; at < bytes; at += zeros.limit()) {
        made.write(zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at)), at);
      }
    } catch (DiskException fault) {
      give();
      if (fault.kind() != DiskException.Kind.FULL) {
        throw fault;
      }
    }
  }

  /** Deletes the file: there was no room for an append. */
  synchronized void give() {
    nextLookMs = clock.monotonicMs();
    if (isKept) {
      isKept = false;
      disk.delete(file());
    }
  }

  /**
   * Whether there is room for more than this file, so that appends are worth a try. Looks twice a
   * second at most.
   */
  synchronized boolean isRoom() {
    long nowMs = clock.monotonicMs();
    if (nowMs >= nextLookMs) {
      nextLookMs = nowMs + LOOK_MS;
      Disk.Space space = disk.space(directory);
      long wanted = Math.max(2 * bytes, ROOM_BYTES_MIN);
      isRoom = space.usableBytes() >= Math.min(wanted, space.totalBytes() / ROOM_SHARE_MAX);
    }
    return isRoom;
  }

  /** The directory is closed: the file stays as it is. */
  synchronized void close() {
    isClosed = true;
  }

  private Path file() {
    return directory.resolve(NAME);
  }
}
