package dev.millrace.log.producer;

/**
 * A batch that a producer has in the log.
 *
 * @param lastSequence of its records, 0 to 2147483647
 * @param lastOffset of its records
 * @param offsetDelta last offset less first offset; the sequences are as many
 * @param timestampMs its highest timestamp
 */
public record BatchMark(int lastSequence, long lastOffset, int offsetDelta, long timestampMs) {
  /** Sequence of the first record; wraps with the last one. */
  public int firstSequence() {
    return (lastSequence - offsetDelta) & Integer.MAX_VALUE;
  }

  public long firstOffset() {
    return lastOffset - offsetDelta;
  }
}
