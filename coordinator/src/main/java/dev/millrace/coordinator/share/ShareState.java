package dev.millrace.coordinator.share;

import java.util.List;

/**
 * How far a group is with a partition.
 *
 * <pre>
 *   absent --initialize--> snapshot 0 --write--> update --write--> update ... --> snapshot 1 ...
 *       \<------------------------------- delete -----------------------------------/
 * </pre>
 *
 * @param snapshotEpoch of the last snapshot; updates of another one are void
 * @param stateEpoch rises when the state is set anew; writes of a lower one are refused
 * @param leaderEpoch of the leader that read last; reads and writes of a lower one are refused
 * @param startOffset the first offset that is not done with, or {@link #UNINITIALIZED}
 * @param deliveryCompleteCount offsets from there on that are done with, or -1 when not known
 * @param batches in order, apart, from the start offset on
 */
public record ShareState(
    int snapshotEpoch,
    int stateEpoch,
    int leaderEpoch,
    long startOffset,
    int deliveryCompleteCount,
    Times times,
    List<DeliveryBatch> batches) {
  /** The start offset before anybody read. */
  public static final long UNINITIALIZED = -1;

  /**
   * Wall-clock milliseconds.
   *
   * @param createdMs when the state was set
   * @param writtenMs when its last snapshot was written
   */
  public record Times(long createdMs, long writtenMs) {}

  /** What a write changes. Epochs of -1 and a start of -1 leave what is there. */
  public record Change(
      int leaderEpoch, long startOffset, int deliveryCompleteCount, List<DeliveryBatch> batches) {}

  /** After a change, in the same snapshot. */
  ShareState with(Change change) {
    long start = change.startOffset() == UNINITIALIZED ? startOffset : change.startOffset();
    return new ShareState(
        snapshotEpoch,
        stateEpoch,
        change.leaderEpoch() == -1 ? leaderEpoch : change.leaderEpoch(),
        start,
        change.deliveryCompleteCount(),
        times,
        BatchMerge.of(batches, change.batches(), start));
  }

  /** The same in the next snapshot. */
  ShareState snapshot(int stateEpoch, long nowMs) {
    return new ShareState(
        snapshotEpoch + 1,
        stateEpoch,
        leaderEpoch,
        startOffset,
        deliveryCompleteCount,
        new Times(times.createdMs(), nowMs),
        batches);
  }
}
