package dev.millrace.replica;

/**
 * What copying one partition may take of the node's rates (KIP-73): what throttled copies on other
 * nodes are given, and what this copy takes from its leader. Safe for any thread.
 */
public final class CopyAllowance {
  private final Partition partition;
  private final Role role;
  private final Quotas quotas;
  private final int self;

  CopyAllowance(Partition partition, Role role, Quotas quotas, int self) {
    this.partition = partition;
    this.role = role;
    this.quotas = quotas;
    this.self = self;
  }

  /** Whether the copy on a broker gets nothing now: it is throttled, and lags anyway. */
  public boolean isHeldBack(int follower) {
    return isThrottled(follower) && quotas.leader().isExceeded();
  }

  /** Notes that the copy on a broker was given so many bytes. */
  public void gave(int follower, long bytes) {
    if (bytes > 0 && isThrottled(follower)) {
      quotas.leader().delayMs(bytes);
    }
  }

  private boolean isThrottled(int follower) {
    ThrottledReplicas throttled = partition.settings().throttled().leader();
    return throttled != ThrottledReplicas.NONE
        && throttled.has(partition.id().index(), self)
        && !role.isInSync(follower);
  }

  /**
   * Notes that so many bytes came from a leader.
   *
   * @param added whether a reassignment adds this copy
   * @return how long to wait before there is more, ms
   */
  long tookMs(long bytes, boolean added) {
    long moving = added ? quotas.moves().delayMs(bytes) : 0;
    boolean throttled =
        partition.settings().throttled().follower().has(partition.id().index(), self);
    return Math.max(moving, throttled ? quotas.follower().delayMs(bytes) : 0);
  }
}
