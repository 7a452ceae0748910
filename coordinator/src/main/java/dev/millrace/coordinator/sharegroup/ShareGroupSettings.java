package dev.millrace.coordinator.sharegroup;

/**
 * The settings of a share group.
 *
 * @param sessionTimeoutMs after which a member that is not heard of is out
 * @param heartbeatIntervalMs how often a member is asked to say that it is there
 * @param sizeMax members
 */
public record ShareGroupSettings(int sessionTimeoutMs, int heartbeatIntervalMs, int sizeMax) {
  /** What Kafka has when nothing is set. */
  public static final ShareGroupSettings DEFAULTS = new ShareGroupSettings(45_000, 5_000, 200);

  /** How soon a member shall ask again when its group waits for the states of partitions, ms. */
  static final int SOON_MS = 200;
}
