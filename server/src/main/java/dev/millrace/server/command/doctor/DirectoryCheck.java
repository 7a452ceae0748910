package dev.millrace.server.command.doctor;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.server.dump.DumpOutput;
import dev.millrace.server.dump.FileDump;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at the data directory of a node that does not run. Changes nothing. */
final class DirectoryCheck {
  private static final Pattern PARTITION = Pattern.compile(".+-[0-9]+");
  private static final double DISK_LOW_SHARE = 0.1;

  private final Path directory;
  private final Findings findings = new Findings();

  DirectoryCheck(Path directory) {
    this.directory = directory;
  }

  /**
   * Everything that was looked at.
   *
   * @throws UserException when it is no data directory
   */
  Findings look() {
    if (!Files.isDirectory(directory)) {
      throw UserException.failed("no such directory, dir=" + directory);
    }
    try {
      identity();
      if (isFree()) {
        stop();
        space();
        partitions();
      }
    } catch (IOException e) {
      findings.ill("directory", "can not be read, look at its owner and its disk: " + e);
    }
    return findings;
  }

  private void identity() throws IOException {
    Path file = directory.resolve("meta.properties");
    if (!Files.exists(file)) {
      throw UserException.failed(
          "directory has no meta.properties, name the one that --data named, dir=" + directory);
    }
    Properties known = new Properties();
    try (var in = Files.newInputStream(file)) {
      known.load(in);
    }
    String node = known.getProperty("node.id");
    String cluster = known.getProperty("cluster.id");
    if (node == null || cluster == null) {
      findings.ill(
          "identity", "meta.properties lacks node.id or cluster.id, take it from a backup");
    } else {
      findings.well("identity", "node " + node + " of cluster " + cluster);
    }
  }

  private boolean isFree() throws IOException {
    Path file = directory.resolve(".lock");
    if (!Files.exists(file)) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        return true;
      }
    }
    findings.well(
        "lock", "a node runs here: ask it with millrace doctor --bootstrap HOST:PORT, or stop it");
    return false;
  }

  private void stop() {
    boolean isClean = Files.exists(directory.resolve(".kafka_cleanshutdown"));
    findings.well(
        "last stop",
        isClean
            ? "in order"
            : "not in order: the next start looks at what was not known to be on disk");
  }

  private void space() throws IOException {
    FileStore store = Files.getFileStore(directory);
    long left = store.getUsableSpace();
    boolean isLow = store.getTotalSpace() > 0 && left < store.getTotalSpace() * DISK_LOW_SHARE;
    if (isLow) {
      findings.ill("disk", (left >> 20) + " MiB left, make room before the node starts");
    } else {
      findings.well("disk", (left >> 20) + " MiB left");
    }
  }

  private void partitions() throws IOException {
    List<Path> folders;
    try (Stream<Path> inside = Files.list(directory)) {
      folders =
          inside
              .filter(Files::isDirectory)
              .filter(path -> PARTITION.matcher(path.getFileName().toString()).matches())
              .sorted()
              .toList();
    }
    long bytes = 0;
    long files = 0;
    List<String> wrong = new ArrayList<>();
    for (Path folder : folders) {
      for (Path file : inside(folder)) {
        files++;
        bytes += Files.size(file);
        Problems problems = new Problems();
        look(file, problems);
        if (problems.first != null) {
          wrong.add(folder.getFileName() + "/" + file.getFileName() + " (" + problems.first + ")");
        }
      }
    }
    String all = folders.size() + " partitions, " + files + " files, " + (bytes >> 20) + " MiB";
    if (wrong.isEmpty()) {
      findings.well("partitions", all + ", every batch is intact");
    } else {
      findings.ill(
          "partitions",
          all
              + ", "
              + wrong.size()
              + " files have something wrong, a torn end is mended by the next start, the rest comes"
              + " from another copy or a backup (see: millrace dump FILE): "
              + Findings.some(wrong, "; "));
    }
  }

  private static List<Path> inside(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.filter(FileDump::isKnown).sorted().toList();
    }
  }

  private static void look(Path file, Problems problems) {
    try {
      new FileDump(FileDisk.INSTANCE, problems, false).dump(file);
    } catch (IllegalArgumentException | DiskException e) {
      problems.problem(String.valueOf(e.getMessage()));
    }
  }

  /** Keeps the first problem of a file. */
  private static final class Problems implements DumpOutput {
    private @Nullable String first;

    @Override
    public void entry(String kind, Map<String, @Nullable Object> fields) {}

    @Override
    public void problem(String message) {
      first = first == null ? message : first;
    }
  }
}
