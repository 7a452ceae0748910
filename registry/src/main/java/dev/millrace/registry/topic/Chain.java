package dev.millrace.registry.topic;

/**
 * Where the common numbering of all writers stands. Every batch that a registry writes carries the
 * one producer id and the number after the last one that its writer has read. A leader takes a
 * number once (KIP-98), so of two writers that have read the same one wins, and whatever was
 * decided before its records came to stand in the log was decided on everything before them.
 *
 * <p>Every reader holds to the same rule ({@link #admits}), so that it does not hang on what a
 * leader remembers.
 *
 * <p>A new epoch starts the numbers anew. It is for the one case in which the numbers in the log do
 * not tell what the leader expects: it begins with a record that says nothing, and from then on the
 * leader refuses the epoch before.
 *
 * @param epoch of the producer
 * @param sequence of the last record, -1 before the first
 */
public record Chain(short epoch, int sequence) {
  /** The producer id that all share: the letters of {@code schemas}. No controller gives it out. */
  public static final long PRODUCER_ID = 0x736368656d617300L;

  /** Numbers wrap: one that is less than this far ahead is ahead. */
  private static final int HALF = 1 << 30;

  /** Nothing was written yet. */
  public static final Chain START = new Chain((short) 0, -1);

  /** The number that the next record has to carry. */
  public int next() {
    return sequence == Integer.MAX_VALUE ? 0 : sequence + 1;
  }

  /**
   * Whether a batch counts that stands in the log here. A number that was taken before does not: a
   * leader lets it in only if it has forgotten the producer, which it does after a day without
   * records ({@code producer.id.expiration.ms}). Numbers may be left out: compaction takes whole
   * batches away. What carries no number of this chain was written by another program and counts.
   */
  public boolean admits(LogBatch batch) {
    if (batch.producerId() != PRODUCER_ID || batch.epoch() > epoch) {
      return true;
    }
    int ahead = (batch.baseSequence() - next()) & Integer.MAX_VALUE;
    return batch.epoch() == epoch && ahead < HALF;
  }

  /** The chain after a batch that counts. */
  public Chain after(LogBatch batch) {
    return batch.producerId() == PRODUCER_ID
        ? new Chain(batch.epoch(), batch.lastSequence())
        : this;
  }

  /** The chain of a later epoch, before its first record. */
  public Chain renewed(int epochsLater) {
    return new Chain((short) Math.min(Short.MAX_VALUE, epoch + epochsLater), -1);
  }
}
