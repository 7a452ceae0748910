package dev.millrace.coordinator.transaction;

/**
 * Who writes: an id, and which of its incarnations.
 *
 * @param id producer id, {@link #NO_ID} for none
 * @param epoch −1 for none
 */
public record ProducerIdentity(long id, short epoch) {
  /** No producer id. */
  public static final long NO_ID = -1;

  /** No producer epoch. */
  public static final short NO_EPOCH = -1;

  /** Nobody. */
  public static final ProducerIdentity NONE = new ProducerIdentity(NO_ID, NO_EPOCH);

  /** The last epoch that a producer is given; the one above it is for markers only. */
  static final short LAST_EPOCH = Short.MAX_VALUE - 1;

  /** Whether its next incarnation needs another id. */
  boolean isExhausted() {
    return epoch >= LAST_EPOCH;
  }

  /** Whether no producer may have it: it is above the last epoch. */
  boolean isForMarkersOnly() {
    return epoch > LAST_EPOCH;
  }

  ProducerIdentity bumped() {
    return new ProducerIdentity(id, (short) (epoch + 1));
  }
}
