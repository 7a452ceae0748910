package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.MetaProperties;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.replica.DirectoryReport.PartitionReport;
import dev.millrace.wire.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** A log directory and the partitions of it that are open. Safe for any thread. */
final class ReplicaDirectory {
  private final LogDirectory directory;
  private final HighWatermarks highWatermarks;
  private final Uuid id;
  private volatile boolean cordoned;
  private final Set<Partition> partitions = ConcurrentHashMap.newKeySet();
  private final Set<DirectoryMove> futures = ConcurrentHashMap.newKeySet();

  ReplicaDirectory(LogDirectory directory, Disk disk) {
    this.directory = directory;
    this.highWatermarks = new HighWatermarks(disk, directory);
    this.id = id(directory);
  }

  private static Uuid id(LogDirectory directory) {
    MetaProperties identity = directory.identity();
    Uuid known = identity == null ? null : identity.directoryId();
    return known == null ? PartitionImage.DIRECTORY_UNASSIGNED : known;
  }

  /** What the cluster knows it by; {@link PartitionImage#DIRECTORY_UNASSIGNED} when by nothing. */
  Uuid id() {
    return id;
  }

  LogDirectory directory() {
    return directory;
  }

  boolean isOnline() {
    return directory.isOnline();
  }

  /** Whether it takes no new partitions ({@code cordoned.log.dirs}, KIP-1066). */
  boolean isCordoned() {
    return cordoned;
  }

  /** Takes over which directories are cordoned; {@code *} stands for all. */
  void cordon(List<String> directories) {
    cordoned = DirectoryReport.names(directories, directory.path());
  }

  /** Number of open partitions. */
  int size() {
    return partitions.size();
  }

  HighWatermarks highWatermarks() {
    return highWatermarks;
  }

  void add(Partition partition) {
    partitions.add(partition);
  }

  void remove(Partition partition) {
    partitions.remove(partition);
  }

  /** A copy is on its way here. */
  void addFuture(DirectoryMove move) {
    futures.add(move);
  }

  void removeFuture(DirectoryMove move) {
    futures.remove(move);
  }

  boolean contains(Partition partition) {
    return partitions.contains(partition);
  }

  /** Writes the high watermarks down. Waits for the disk. */
  synchronized void writeHighWatermarks() {
    highWatermarks.write(new HashSet<>(partitions));
  }

  /** Asks the volume for its space: may wait for the disk. */
  DirectoryReport report() {
    List<PartitionReport> reports =
        Stream.concat(
                partitions.stream().map(ReplicaDirectory::report),
                futures.stream().map(ReplicaDirectory::report))
            .toList();
    String path = directory.path().toAbsolutePath().toString();
    if (isOnline()) {
      try {
        Disk.Space space = directory.space();
        return new DirectoryReport(
            path, ErrorCode.NONE, space.totalBytes(), space.usableBytes(), cordoned, reports);
      } catch (DiskException unknown) {
        return new DirectoryReport(path, ErrorCode.NONE, -1, -1, cordoned, reports);
      }
    }
    return new DirectoryReport(path, ErrorCode.KAFKA_STORAGE_ERROR, -1, -1, cordoned, List.of());
  }

  private static PartitionReport report(Partition partition) {
    long lag = Math.max(partition.bounds().highWatermark() - partition.logEndOffset(), 0);
    return new PartitionReport(partition.id(), partition.sizeBytes(), lag, false);
  }

  private static PartitionReport report(DirectoryMove move) {
    return new PartitionReport(move.partition().id(), move.sizeBytes(), move.lag(), true);
  }
}
