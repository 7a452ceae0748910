package dev.millrace.log.segment;

/**
 * A batch in a segment.
 *
 * @param position of its first byte
 * @param sizeBytes of the whole batch
 */
public record BatchPlace(long baseOffset, long lastOffset, int position, int sizeBytes) {
  /** Position behind the batch. */
  public int end() {
    return position + sizeBytes;
  }
}
