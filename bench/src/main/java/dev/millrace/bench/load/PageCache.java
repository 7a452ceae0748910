package dev.millrace.bench.load;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Stand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Makes a partition's bytes cold: written back and dropped from the page cache, by {@code dd}. */
public final class PageCache {

  private PageCache() {}

  /** Drops partition 0 of a topic. */
  public static void drop(Stand stand, Node node, String topic) {
    Path folder = node.data().resolve(topic + "-0");
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(file -> file.toString().endsWith(".log")).forEach(file -> dropFile(stand, file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  private static void dropFile(Stand stand, Path file) {
    List<String> command =
        List.of("dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0");
    new ClientProcess(stand.children(), stand.freshFolder("drop"), command).await();
  }
}
