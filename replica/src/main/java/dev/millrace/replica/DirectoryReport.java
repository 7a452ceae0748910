package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.List;

/**
 * What lies in a log directory.
 *
 * @param path absolute
 * @param error {@link ErrorCode#KAFKA_STORAGE_ERROR} when it is offline
 * @param totalBytes of the volume it is on, or -1
 * @param usableBytes free on that volume, or -1
 * @param cordoned whether it takes no new partitions
 */
public record DirectoryReport(
    String path,
    ErrorCode error,
    long totalBytes,
    long usableBytes,
    boolean cordoned,
    List<PartitionReport> partitions) {

  /** Of a directory that cannot be used. */
  static DirectoryReport offline(Path path) {
    return new DirectoryReport(
        path.toAbsolutePath().toString(), ErrorCode.KAFKA_STORAGE_ERROR, -1, -1, false, List.of());
  }

  /** Whether a list of directories, as in settings, names this one; {@code *} names all. */
  public static boolean names(List<String> directories, Path path) {
    Path known = path.toAbsolutePath().normalize();
    return directories.stream()
        .map(String::strip)
        .anyMatch(
            one -> one.equals("*") || Path.of(one).toAbsolutePath().normalize().equals(known));
  }

  /**
   * A copy and the bytes of its segments.
   *
   * @param lag offsets that its log is short of the high watermark; of a future copy, that it is
   *     behind the copy whose place it is to take
   * @param isFuture whether it is on its way here from another log directory of the node
   */
  public record PartitionReport(PartitionId id, long bytes, long lag, boolean isFuture) {}
}
