package dev.millrace.registry.topic;

/**
 * Where the common numbering of all writers stands. Every batch that a registry writes carries the
 * one producer id and the number after the last one that its writer has read. A leader takes a
 * number once (KIP-98), so of two writers that have read the same one wins, and whatever was
 * decided before its records came to stand in the log was decided on everything before them.
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

  /** Nothing was written yet. */
  public static final Chain START = new Chain((short) 0, -1);

  /** The number that the next record has to carry. */
  public int next() {
    return sequence == Integer.MAX_VALUE ? 0 : sequence + 1;
  }

  /** The chain after a batch that was read. */
  public Chain after(LogBatch batch) {
    return batch.producerId() == PRODUCER_ID && batch.epoch() >= epoch
        ? new Chain(batch.epoch(), batch.lastSequence())
        : this;
  }

  /** The chain of a later epoch, before its first record. */
  public Chain renewed(int epochsLater) {
    return new Chain((short) Math.min(Short.MAX_VALUE, epoch + epochsLater), -1);
  }
}
