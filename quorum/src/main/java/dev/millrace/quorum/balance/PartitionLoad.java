package dev.millrace.quorum.balance;

/**
 * What one copy of a partition costs the broker that has it.
 *
 * @param diskBytes size of its log
 * @param bytesInPerSecond what producers write; every replica takes it in
 * @param bytesOutPerSecond what is read; the leader gives it out
 */
public record PartitionLoad(long diskBytes, double bytesInPerSecond, double bytesOutPerSecond) {
  /** Nothing is known of it, or nothing is in it. */
  public static final PartitionLoad NONE = new PartitionLoad(0, 0, 0);
}
