package dev.millrace.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Copies a log directory so that the copy is on disk when it is done. What a node would remove
 * anyway, and locks, are left out.
 */
final class DirectoryCopy extends SimpleFileVisitor<Path> {
  private static final Pattern LEFT_OUT =
      Pattern.compile(".*-(delete|stray|future)|.*\\.(deleted|cleaned|tmp)|\\.lock");

  private final Path from;
  private final Path to;
  private final LongConsumer progress;
  private long bytes;

  /**
   * @param progress told how many bytes are copied so far, after each file
   */
  DirectoryCopy(Path from, Path to, LongConsumer progress) {
    this.from = from;
    this.to = to;
    this.progress = progress;
  }

  /** Copies everything and returns the number of bytes. */
  long run() throws IOException {
    Files.walkFileTree(from, this);
    return bytes;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    if (!directory.equals(from) && isLeftOut(directory)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    Files.createDirectories(target(directory));
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    boolean isPlain = attributes.isRegularFile() && !isUnwritten(file, attributes);
    if (isPlain && !isLeftOut(file)) {
      copy(file, target(file));
      progress.accept(bytes);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException fault)
      throws IOException {
    if (fault != null) {
      throw fault;
    }
    try (FileChannel entries = FileChannel.open(target(directory), StandardOpenOption.READ)) {
      entries.force(true);
    }
    return FileVisitResult.CONTINUE;
  }

  private void copy(Path source, Path target) throws IOException {
    try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long size = in.size();
      long done = 0;
      while (done < size) {
        done += in.transferTo(done, size - done, out);
      }
      out.force(true);
      bytes += size;
    }
    Files.setLastModifiedTime(target, Files.getLastModifiedTime(source)); // retention may go by it
  }

  private Path target(Path source) {
    return to.resolve(from.relativize(source).toString());
  }

  /** Apache makes its checkpoints empty, and writes them when there is an offset to write. */
  private static boolean isUnwritten(Path file, BasicFileAttributes attributes) {
    return attributes.size() == 0 && file.toString().endsWith("-offset-checkpoint");
  }

  private static boolean isLeftOut(Path path) {
    return LEFT_OUT.matcher(String.valueOf(path.getFileName())).matches();
  }
}
