package dev.millrace.replica;

/**
 * How far a partition can be read, published together: log start ≤ last stable offset ≤ high
 * watermark.
 *
 * @param logStartOffset the first offset that is there
 * @param highWatermark the offset after the last one that no failure takes back
 * @param lastStableOffset the first offset that belongs to an open transaction, at most the high
 *     watermark
 * @param readableBytes bytes that the high watermark has passed since the partition was opened;
 *     counts up only
 * @param committedBytes the same for the last stable offset, at least one for each move
 */
public record Bounds(
    long logStartOffset,
    long highWatermark,
    long lastStableOffset,
    long readableBytes,
    long committedBytes) {

  /** Where a consumer must stop. */
  public long end(boolean committedOnly) {
    return committedOnly ? lastStableOffset : highWatermark;
  }

  /** The counter that belongs to {@link #end}. */
  public long bytes(boolean committedOnly) {
    return committedOnly ? committedBytes : readableBytes;
  }
}
