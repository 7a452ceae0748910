package dev.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a test's node keeps its files.
 *
 * @param path the directory
 * @param isTemporary whether it goes when the node does
 */
record TestDirectory(Path path, boolean isTemporary) {
  /** Linux keeps files below it in memory. */
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  /** One in memory; where the system has no such place, one among the temporary files. */
  static TestDirectory inMemory() {
    try {
      boolean hasMemory =
          Files.isDirectory(SHARED_MEMORY)
              && Files.isWritable(SHARED_MEMORY)
              && Files.getFileStore(SHARED_MEMORY).getUsableSpace() >= 64L << 20;
      Path made =
          hasMemory
              ? Files.createTempDirectory(SHARED_MEMORY, "millrace-test-")
              : Files.createTempDirectory("millrace-test-");
      return new TestDirectory(made, true);
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory can be made", e);
    }
  }

  static TestDirectory of(Path path) {
    return new TestDirectory(path, false);
  }

  void remove() {
    if (!isTemporary || !Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("test directory can not be removed, path=" + path, e);
    }
  }
}
