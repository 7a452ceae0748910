package dev.millrace.replica.share;

/**
 * A run of offsets that a member has now.
 *
 * @param last inclusive
 * @param deliveryCount how often they were delivered, this time included
 */
public record AcquiredRecords(long first, long last, int deliveryCount) {
  /** How many offsets. */
  public long count() {
    return last - first + 1;
  }
}
