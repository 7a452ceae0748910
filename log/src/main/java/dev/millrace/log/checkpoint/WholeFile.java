package dev.millrace.log.checkpoint;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads and replaces small files as a whole. */
public final class WholeFile {
  /** Largest file that is read, bytes: a checkpoint of some million partitions. */
  public static final int BYTES_MAX = 256 << 20;

  private static final String TEMPORARY = ".tmp";

  private WholeFile() {}

  /**
   * Replaces the file: a temporary file is written, synced and renamed, and the directory is
   * synced, so that after a crash the old or the new content is there.
   */
  public static void replace(Disk disk, Path path, ByteBuffer content) {
    try (DiskFile file = written(disk, path, content)) {
      file.sync();
    }
    publish(disk, path);
    disk.syncDirectory(Objects.requireNonNull(path.getParent()));
  }

  /**
   * The first half of {@link #replace}, for many files at once: writes the temporary file. It has
   * to be synced before {@link #publish}, and its directory after that.
   */
  public static void stage(Disk disk, Path path, String text) {
    written(disk, path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))).close();
  }

  /** The second half: renames the temporary file. */
  public static void publish(Disk disk, Path path) {
    disk.rename(temporary(path), path);
  }

  private static DiskFile written(Disk disk, Path path, ByteBuffer content) {
    DiskFile file = disk.open(temporary(path), Access.WRITE);
    boolean isWritten = false;
    try {
      file.truncate(0);
      file.write(content, 0);
      isWritten = true;
      return file;
    } finally {
      if (!isWritten) {
        file.close();
      }
    }
  }

  private static Path temporary(Path path) {
    return path.resolveSibling(path.getFileName() + TEMPORARY);
  }

  /** The same with text in UTF-8. */
  public static void replace(Disk disk, Path path, String text) {
    replace(disk, path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The content, or null when there is no such file. */
  public static @Nullable ByteBuffer read(Disk disk, Path path) {
    try (DiskFile file = disk.open(path, Access.READ)) {
      long size = file.size();
      if (size > BYTES_MAX) {
        throw new CorruptFileException(path, "file is too large, bytes=" + size);
      }
      ByteBuffer content = ByteBuffer.allocate((int) size);
      file.read(content, 0);
      return content.flip();
    } catch (DiskException fault) {
      if (fault.kind() == DiskException.Kind.MISSING) {
        return null;
      }
      throw fault;
    }
  }

  /** The content as UTF-8 text, or null when there is no such file. */
  public static @Nullable String readText(Disk disk, Path path) {
    ByteBuffer content = read(disk, path);
    return content == null ? null : StandardCharsets.UTF_8.decode(content).toString();
  }
}
