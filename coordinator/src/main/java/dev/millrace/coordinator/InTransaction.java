package dev.millrace.coordinator;

/** What a write to a coordinator's log has to do with a transaction of a producer. */
public sealed interface InTransaction {
  long producerId();

  short producerEpoch();

  /** The records count when the producer's transaction is committed, and never when it is not. */
  record Part(long producerId, short producerEpoch) implements InTransaction {}

  /**
   * The producer's transaction ends on this partition; the write has no records.
   *
   * @param coordinatorEpoch leader epoch of the transaction coordinator that decided it
   * @param bumped whether {@code producerEpoch} is one that the transaction's records do not have
   *     (KIP-890)
   */
  record End(
      long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, boolean bumped)
      implements InTransaction {}
}
