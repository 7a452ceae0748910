package dev.millrace.raft;

import dev.millrace.quorum.voters.Agreement.Founding;
import dev.millrace.quorum.voters.Agreement.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that Ratis sends to members which are too far back, in its directory {@code sm}:
 * {@code OFFSET-EPOCH-TERM-INDEX.snapshot}, copies of the metadata snapshots. The name says all
 * that has to be known of one, so that nothing has to be written beside it.
 */
final class SnapshotFiles implements StateMachineStorage {
  private static final Pattern NAME =
      Pattern.compile("([0-9]{1,18})-([0-9]{1,9})-([0-9]{1,18})-([0-9]{1,18})\\.snapshot");

  private final @Nullable Founding founding;
  private volatile @Nullable Path directory;

  /** The newest at the last look; Ratis asks for it with each request and each answer. */
  private volatile @Nullable Kept known;

  /** A snapshot and where it lies. */
  record Kept(Position position, Path file) {
    SingleFileSnapshotInfo asRatisSees() {
      return new SingleFileSnapshotInfo(
          new FileInfo(file, null), position.term(), position.index());
    }
  }

  /**
   * The files of a member.
   *
   * @param founding what the log begins with, for the member that founded the group
   */
  SnapshotFiles(@Nullable Founding founding) {
    this.founding = founding;
  }

  /** The group's log begins behind its first snapshot, so that who joins gets that one first. */
  @Override
  public void init(RaftStorage storage) throws IOException {
    directory = storage.getStorageDir().getStateMachineDir().toPath();
    Kept before = newest();
    if (founding != null && before == null) {
      add(new Position(founding.offset(), founding.epoch(), 0, 0), founding.file());
    }
  }

  /** Copies a snapshot into the directory; it is there as a whole or not at all. */
  void add(Position position, Path source) throws IOException {
    Path target =
        directory()
            .resolve(
                position.offset()
                    + "-"
                    + position.epoch()
                    + "-"
                    + position.term()
                    + "-"
                    + position.index()
                    + ".snapshot");
    Path part = target.resolveSibling(target.getFileName() + ".part");
    Files.copy(source, part, StandardCopyOption.REPLACE_EXISTING);
    sync(part);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    sync(directory());
    Kept _ = newest();
  }

  /** Looks on the disk. What Ratis installs there is seen when it has the machine begin anew. */
  @Nullable Kept newest() {
    Kept newest = null;
    try (Stream<Path> files = Files.list(directory())) {
      for (Path file : files.toList()) {
        Kept kept = read(file);
        if (kept != null && (newest == null || kept.position.index() > newest.position.index())) {
          newest = kept;
        }
      }
    } catch (IOException fault) {
      throw new UncheckedIOException(fault);
    }
    known = newest;
    return newest;
  }

  @Override
  public @Nullable SingleFileSnapshotInfo getLatestSnapshot() {
    Kept newest = known;
    return newest == null ? null : newest.asRatisSees();
  }

  /** Keeps the newest alone; one that is being sent stays readable until it is closed. */
  @Override
  public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
    Kept newest = newest();
    if (newest == null) {
      return;
    }
    List<Path> all;
    try (Stream<Path> files = Files.list(directory())) {
      all = files.toList();
    }
    for (Path file : all) {
      Kept kept = read(file);
      if (kept != null && kept.position.index() < newest.position.index()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void format() {}

  TermIndex newestIndex() {
    Kept newest = newest();
    return newest == null
        ? TermIndex.INITIAL_VALUE
        : TermIndex.valueOf(newest.position.term(), newest.position.index());
  }

  private Path directory() {
    Path known = directory;
    if (known == null) {
      throw new IllegalStateException("snapshots are not there yet");
    }
    return known;
  }

  private static @Nullable Kept read(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    return name.matches()
        ? new Kept(
            new Position(
                Long.parseLong(name.group(1)),
                Integer.parseInt(name.group(2)),
                Long.parseLong(name.group(3)),
                Long.parseLong(name.group(4))),
            file)
        : null;
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
