package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.TopicPartition;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * In which log directory a partition lies, or is to be made. Belongs to one owner.
 *
 * <p>A partition that has files goes where they are; a new one goes to the online directory with
 * the fewest partitions, and to one that is cordoned only when there is no other.
 */
final class Placement {
  private static final System.Logger LOGGER = System.getLogger(Placement.class.getName());

  /** The cluster's metadata has an owner of its own. */
  private static final String METADATA_TOPIC = "__cluster_metadata";

  private final List<ReplicaDirectory> directories;
  private volatile List<Path> missing = List.of();

  /** What a former life left and nobody has asked for yet. */
  private final Map<TopicPartition, Found> found = new HashMap<>();

  /** Partitions that were given a place and are not open yet, by place. */
  private final Map<ReplicaDirectory, Integer> promised = new HashMap<>();

  /** Where copies lie that could not be opened, and are left as they are for now. */
  private final Map<TopicPartition, ReplicaDirectory> left = new HashMap<>();

  /** Future copies of a former life that nobody has asked for yet. */
  private final Map<TopicPartition, Found> futures = new HashMap<>();

  /** Where operators want copies that are not here yet. */
  private final Map<TopicPartition, ReplicaDirectory> preferred = new HashMap<>();

  private record Found(ReplicaDirectory directory, LogDirectory.Entry entry) {
    /** Whether it took the place of a copy in another directory, which may still be there. */
    boolean isMoved() {
      return directory.directory().isMoved(entry.partition());
    }
  }

  Placement(List<ReplicaDirectory> directories) {
    this.directories = List.copyOf(directories);
  }

  /** Whether a log directory of the node could not be opened: what lies there is not known. */
  boolean isMissing() {
    return !missing.isEmpty();
  }

  /** Paths of log directories that could not be opened. */
  List<Path> missing() {
    return missing;
  }

  /** Some log directories could not be opened. */
  void missing(List<Path> paths) {
    missing = List.copyOf(paths);
  }

  /** Looks for the files of a former life. Waits for the disk. */
  void scan() {
    for (ReplicaDirectory directory : directories) {
      if (directory.isOnline()) {
        for (LogDirectory.Entry entry : directory.directory().entries()) {
          note(new Found(directory, entry));
        }
        for (LogDirectory.Entry entry : directory.directory().futures()) {
          futures.putIfAbsent(entry.partition(), new Found(directory, entry));
        }
      }
    }
    settleMoves();
  }

  /** Where no copy can be that was left, nobody has to be told which one counts. */
  private void settleMoves() {
    if (!isMissing() && directories.stream().allMatch(ReplicaDirectory::isOnline)) {
      found.forEach((partition, at) -> at.directory.directory().settleMove(partition));
    }
  }

  private void note(Found copy) {
    TopicPartition partition = copy.entry.partition();
    if (partition.topic().equals(METADATA_TOPIC)) {
      return;
    }
    Found before = found.putIfAbsent(partition, copy);
    if (before == null) {
      return;
    }
    if (copy.isMoved()) {
      found.put(partition, copy);
      before.directory.directory().removeLeft(before.entry);
    } else if (before.isMoved()) {
      copy.directory.directory().removeLeft(copy.entry);
    } else {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "partition is in two log directories, the second is left alone, partition={0} first={1}"
              + " second={2}",
          partition,
          before.directory.directory().path(),
          copy.directory.directory().path());
    }
  }

  /** The place of a partition that is about to be opened; null when no directory is online. */
  @Nullable ReplicaDirectory take(TopicPartition partition, Uuid topicId) {
    ReplicaDirectory known = left.remove(partition);
    if (known != null && known.isOnline()) {
      return promised(known);
    }
    Found files = found.remove(partition);
    if (files != null && isOf(files.entry, topicId)) {
      return promised(files.directory);
    }
    if (files != null) {
      files.directory.directory().removeStray(files.entry);
    }
    ReplicaDirectory wanted = preferred.remove(partition);
    if (wanted != null && wanted.isOnline()) {
      return promised(wanted);
    }
    ReplicaDirectory emptiest =
        directories.stream()
            .filter(ReplicaDirectory::isOnline)
            .min(Comparator.comparing(ReplicaDirectory::isCordoned).thenComparingInt(this::load))
            .orElse(null);
    return emptiest == null ? null : promised(emptiest);
  }

  /** The next copy of a partition, if one comes, is wanted in this directory. */
  void prefer(TopicPartition partition, ReplicaDirectory directory) {
    preferred.put(partition, directory);
  }

  /**
   * Where a former life had begun to move a copy to, or null. Asked once.
   *
   * @param at where the copy is
   */
  @Nullable ReplicaDirectory future(TopicPartition partition, Uuid topicId, ReplicaDirectory at) {
    Found future = futures.remove(partition);
    if (future == null) {
      return null;
    }
    if (future.directory != at && topicId.equals(future.entry.topicId())) {
      return future.directory;
    }
    future.directory.directory().removeFuture(future.entry);
    return null;
  }

  /** The copy in a directory was not opened: its files stay, and are what is taken up again. */
  void left(TopicPartition partition, ReplicaDirectory directory) {
    left.put(partition, directory);
  }

  boolean isLeft(TopicPartition partition) {
    return left.containsKey(partition);
  }

  /** The partition of an earlier {@link #take} was opened, or was not. */
  void settled(ReplicaDirectory directory) {
    promised.merge(directory, -1, Integer::sum);
  }

  /**
   * Removes the files of topics that are gone: the node stopped between the decision and the
   * removal. Files that do not say which topic they are of are left alone.
   */
  void removeStrays(Predicate<Uuid> isKnown) {
    for (Found stray : found.values()) {
      Uuid topicId = stray.entry.topicId();
      String what = topicId == null ? "left alone, it has no topic id" : "removed";
      if (topicId == null || !isKnown.test(topicId)) {
        LOGGER.log(
            System.Logger.Level.INFO,
            "partition directory belongs to no topic and is {0}, directory={1}",
            what,
            stray.directory.directory().path().resolve(stray.entry.partition().toString()));
      }
      if (topicId != null && !isKnown.test(topicId)) {
        stray.directory.directory().removeStray(stray.entry);
      }
    }
    found.clear();
    for (Found future : futures.values()) {
      Uuid topicId = future.entry.topicId();
      if (topicId != null && !isKnown.test(topicId)) {
        future.directory.directory().removeFuture(future.entry);
      }
    }
    futures.clear();
  }

  private int load(ReplicaDirectory directory) {
    return directory.size() + promised.getOrDefault(directory, 0);
  }

  private ReplicaDirectory promised(ReplicaDirectory directory) {
    promised.merge(directory, 1, Integer::sum);
    return directory;
  }

  private static boolean isOf(LogDirectory.Entry entry, Uuid topicId) {
    return entry.topicId() == null || entry.topicId().equals(topicId);
  }
}
