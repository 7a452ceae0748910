package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;

/**
 * What this node is to a partition.
 *
 * @param refusal {@link ErrorCode#NONE} when it leads, else what clients are told
 * @param epoch the leader epoch
 * @param startOffset where the log ended when this epoch began here
 * @param inSync number of copies in the in-sync set, as the metadata has it
 * @param copies number of all copies
 */
record Leadership(ErrorCode refusal, int epoch, long startOffset, int inSync, int copies) {
  /** Before the first word of the controller. */
  static final Leadership NONE = following(-1);

  /** Somebody else leads in this epoch, or nobody. */
  static Leadership following(int epoch) {
    return new Leadership(ErrorCode.NOT_LEADER_OR_FOLLOWER, epoch, Long.MAX_VALUE, 0, 0);
  }

  boolean leads() {
    return refusal == ErrorCode.NONE;
  }

  /** Whether fewer copies are in sync than appends with acks=all ask for. */
  boolean isBelow(int inSyncMin) {
    return inSync < Math.min(inSyncMin, copies);
  }

  /** The same epoch, in which nothing is served any more. */
  Leadership refusing(ErrorCode error) {
    return new Leadership(error, epoch, startOffset, inSync, copies);
  }

  /** The same with another in-sync set. */
  Leadership withInSync(int count) {
    return new Leadership(refusal, epoch, startOffset, count, copies);
  }

  /** What a request is told that believes the leader to be in {@code known}; -1 is no belief. */
  ErrorCode error(int known) {
    if (known != ReadQuery.NO_EPOCH && known < epoch) {
      return ErrorCode.FENCED_LEADER_EPOCH;
    }
    if (known != ReadQuery.NO_EPOCH && known > epoch) {
      return ErrorCode.UNKNOWN_LEADER_EPOCH;
    }
    return refusal;
  }
}
