package dev.millrace.replica;

/**
 * A copy on another node, as its leader knows it. Guarded by the partition's lock.
 *
 * <p>A follower asks from an offset on when everything below it is as safe there as the topic's
 * flush policy wants, so its fetch offset is its durable end.
 */
final class Follower {
  static final long UNKNOWN = -1;

  /** Long before any time. */
  private static final long NEVER = Long.MIN_VALUE / 2;

  final int broker;

  /** Whether it counts for the high watermark: in the in-sync set, or proposed for it. */
  boolean counts;

  private long endOffset = UNKNOWN;
  private long startOffset = UNKNOWN;
  private long brokerEpoch = UNKNOWN;
  private long fetchedMs;
  private boolean hasNoRoom;
  private long leaderEndThen;
  private long caughtUpMs;
  private boolean hasCaughtUp;
  private long firstCaughtUpMs;

  /**
   * A copy that has not asked in this leader epoch yet.
   *
   * @param caughtUpMs when it is taken to have had everything, monotonic ms
   */
  Follower(int broker, long caughtUpMs) {
    this.broker = broker;
    this.caughtUpMs = caughtUpMs;
    this.fetchedMs = caughtUpMs;
  }

  /**
   * The follower has everything below {@code offset} and asks for more. What it had in a former
   * life of its broker does not say that it keeps up in this one: until it has caught up again it
   * holds nothing back.
   */
  void fetched(long offset, long start, long epoch, long leaderEnd, long nowMs) {
    boolean isNewLife = brokerEpoch != UNKNOWN && epoch != brokerEpoch;
    if (isNewLife) {
      caughtUpMs = NEVER;
      hasCaughtUp = false;
    }
    if (offset >= leaderEnd) {
      caughtUp(nowMs, nowMs);
    } else if (endOffset != UNKNOWN && !isNewLife && offset >= leaderEndThen) {
      caughtUp(fetchedMs, nowMs);
    }
    endOffset = offset;
    startOffset = start;
    brokerEpoch = epoch;
    fetchedMs = nowMs;
    leaderEndThen = leaderEnd;
  }

  private void caughtUp(long thenMs, long nowMs) {
    caughtUpMs = thenMs;
    if (!hasCaughtUp) {
      hasCaughtUp = true;
      firstCaughtUpMs = nowMs;
    }
  }

  /** Whether it has been following for so long since it caught up, in this life of its broker. */
  boolean isSettled(long nowMs, long settleMs) {
    return hasCaughtUp && nowMs - firstCaughtUpMs >= settleMs;
  }

  /** It could not write what it got last, or has room again. */
  void noRoom(boolean now) {
    hasNoRoom = now;
  }

  /** Whether its disk was full when it asked last: it holds everything up and is of no use. */
  boolean hasNoRoom() {
    return hasNoRoom;
  }

  /** Whether it lacks something and has not asked for so long. */
  boolean isSilent(long leaderEnd, long nowMs, long silentMs) {
    return endOffset < leaderEnd && nowMs - fetchedMs > silentMs;
  }

  /** Below it the follower has everything, durably; {@link #UNKNOWN} before its first fetch. */
  long endOffset() {
    return endOffset;
  }

  /** Where its log begins; {@link #UNKNOWN} before its first fetch. */
  long startOffset() {
    return startOffset;
  }

  /** Of the life of the broker that fetched last; {@link #UNKNOWN} before its first fetch. */
  long brokerEpoch() {
    return brokerEpoch;
  }

  /** Whether it had everything that the leader had at some time within {@code lagMaxMs}. */
  boolean isCaughtUp(long leaderEnd, long nowMs, long lagMaxMs) {
    return endOffset >= leaderEnd || nowMs - caughtUpMs <= lagMaxMs;
  }
}
