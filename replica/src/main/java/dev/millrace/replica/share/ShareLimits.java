package dev.millrace.replica.share;

/**
 * The limits of a group, which may change at any time.
 *
 * @param locksMax offsets in delivery, from the first that is not done with to the last that was
 *     acquired ({@code share.partition.max.record.locks})
 * @param lockMs how long a member has a record ({@code share.record.lock.duration.ms})
 * @param deliveryCountMax deliveries after which a record is given up ({@code
 *     share.delivery.count.limit})
 * @param deadLetters whether records that are given up go to a dead-letter queue (KIP-1191)
 */
public record ShareLimits(int locksMax, int lockMs, int deliveryCountMax, boolean deadLetters) {
  /** Limits of a group without a dead-letter queue. */
  public ShareLimits(int locksMax, int lockMs, int deliveryCountMax) {
    this(locksMax, lockMs, deliveryCountMax, false);
  }

  /**
   * From this delivery count on, records are handed out in ever smaller portions, so that a record
   * that breaks its consumer takes fewer and fewer others with it.
   */
  int cautiousFrom() {
    return Math.max(2, (deliveryCountMax + 1) / 2);
  }

  /** How many of {@code available} equal records go out at once after {@code count} deliveries. */
  long portion(long available, int count) {
    if (count < cautiousFrom()) {
      return available;
    }
    return count >= deliveryCountMax - 1
        ? 1
        : Math.max(1, available >> Math.min(count - cautiousFrom() + 1, Long.SIZE - 1));
  }
}
