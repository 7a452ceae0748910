package dev.millrace.base.disk;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file system as the log needs it. Safe for any thread. Every method may throw {@link
 * DiskException}.
 */
public interface Disk {
  /** How {@link #open} treats a file that is there, or is not. */
  enum Access {
    /** Read only; the file must be there. */
    READ,
    /** Read and write; the file is created when it is missing. */
    WRITE,
    /** Read and write; the file must not be there yet. */
    CREATE
  }

  DiskFile open(Path path, Access access);

  boolean exists(Path path);

  boolean isDirectory(Path path);

  /** Length of a file in bytes. */
  long size(Path path);

  /** When the file was last written, wall-clock milliseconds since the epoch. */
  long modifiedMs(Path path);

  /** Names (not paths) in a directory, sorted. */
  List<String> list(Path directory);

  void createDirectories(Path directory);

  /** Renames a file or directory atomically and replaces a file that has the new name. */
  void rename(Path from, Path to);

  /** Deletes a file, or an empty directory. Nothing happens when it is not there. */
  void delete(Path path);

  /** Makes creations, renames and deletions in this directory last over a crash. */
  void syncDirectory(Path directory);

  /**
   * Opens the volume that holds a directory, to sync all of it at once; null where the system has
   * no way to do that which tells every failed write. What fails before it is open it does not
   * tell.
   */
  @Nullable Volume volume(Path directory);

  /**
   * Opens a file for writes past the page cache; null where the file system has no way to do that,
   * or the file is not there.
   *
   * @param path of a file whose bytes were all written and synced before; it is not open otherwise
   */
  @Nullable BlockFile blocks(Path path);

  /**
   * Takes the exclusive lock that {@code path} stands for, creating the file when needed.
   *
   * @throws DiskException of kind {@link DiskException.Kind#LOCKED} when another process (or
   *     another owner in this one) holds it
   */
  Lock lock(Path path);

  /** Bytes of the volume that holds {@code path}. */
  Space space(Path path);

  /** A volume as a whole. */
  interface Volume extends AutoCloseable {
    /**
     * Makes everything last over a crash that was done before this call: bytes of every file,
     * creations, renames and deletions in every directory.
     */
    void sync();

    /**
     * Has the bytes of a file written and waits for that, without any promise: a {@link #sync} that
     * follows has less to do, and none of the system's journal is waited for. Nothing happens when
     * the file is not there or can not be written.
     */
    void writeOut(Path file);

    @Override
    void close();
  }

  /** A held lock; closing it gives it back. */
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }

  /** Size of a volume in bytes. */
  record Space(long totalBytes, long usableBytes) {}
}
