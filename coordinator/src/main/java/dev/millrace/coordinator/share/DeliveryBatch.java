package dev.millrace.coordinator.share;

/**
 * A run of offsets with one state of delivery.
 *
 * @param last inclusive
 * @param state 0 available, 2 acknowledged, 3 on its way to the dead-letter queue, 4 archived
 */
public record DeliveryBatch(long first, long last, byte state, short deliveryCount) {
  private static final byte AVAILABLE = 0;
  private static final byte ACKNOWLEDGED = 2;
  private static final byte ARCHIVING = 3;
  private static final byte ARCHIVED = 4;

  /** Whether offsets, state and count are such as there can be. */
  public boolean isSound() {
    return first >= 0
        && last >= first
        && last < Long.MAX_VALUE
        && deliveryCount >= 0
        && (state == AVAILABLE || state == ACKNOWLEDGED || state == ARCHIVING || state == ARCHIVED);
  }

  /**
   * Whether this tells of a later moment than {@code other}: deliveries only grow, and in one
   * delivery a state is only left for one with a larger number.
   */
  boolean beats(DeliveryBatch other) {
    return deliveryCount != other.deliveryCount
        ? deliveryCount > other.deliveryCount
        : state > other.state;
  }

  boolean isLike(DeliveryBatch other) {
    return state == other.state && deliveryCount == other.deliveryCount;
  }

  DeliveryBatch part(long from, long to) {
    return new DeliveryBatch(from, to, state, deliveryCount);
  }
}
