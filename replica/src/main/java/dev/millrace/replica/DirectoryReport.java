package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;
import java.util.List;

/**
 * What lies in a log directory.
 *
 * @param path absolute
 * @param error {@link ErrorCode#KAFKA_STORAGE_ERROR} when it is offline
 * @param totalBytes of the volume it is on, or -1
 * @param usableBytes free on that volume, or -1
 */
public record DirectoryReport(
    String path,
    ErrorCode error,
    long totalBytes,
    long usableBytes,
    List<PartitionReport> partitions) {

  /** A partition and the bytes of its segments. */
  public record PartitionReport(PartitionId id, long bytes) {}
}
