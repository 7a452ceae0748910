package dev.millrace.broker.fetch;

import dev.millrace.wire.message.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * How much one fetch takes and how long it waits.
 *
 * @param bytesMax most bytes of records in the answer, but for the first batch
 * @param bytesMin bytes for which it waits
 * @param waitMsMax milliseconds that it waits at most
 * @param committedOnly whether it stops at the last stable offset
 * @param follower whose copies are brought up to date; null when a consumer asks
 * @param rack of a consumer that may read from any copy, perhaps empty; null for one that reads
 *     from leaders only
 */
record FetchLimits(
    int bytesMax,
    int bytesMin,
    int waitMsMax,
    boolean committedOnly,
    @Nullable Follower follower,
    @Nullable String rack) {
  private static final byte READ_COMMITTED = 1;
  private static final short FIRST_VERSION_WITH_RACK = 11;

  /** A broker that copies partitions, in this life of it. */
  record Follower(int broker, long brokerEpoch) {
    private static final int CONSUMER = -1;
    private static final int UNKNOWN_EPOCH = -1;

    /** Who asks; from version 15 on it says in which life. */
    static @Nullable Follower of(FetchRequest request) {
      if (request.replicaState().replicaId() > CONSUMER) {
        return new Follower(
            request.replicaState().replicaId(), request.replicaState().replicaEpoch());
      }
      return request.replicaId() > CONSUMER
          ? new Follower(request.replicaId(), UNKNOWN_EPOCH)
          : null;
    }
  }

  /**
   * The limits of a request.
   *
   * @param bytesMaxOfNode the node's own limit ({@code fetch.max.bytes})
   */
  static FetchLimits of(FetchRequest request, short version, int bytesMaxOfNode) {
    int bytesMax = Math.clamp(request.maxBytes(), 0, bytesMaxOfNode);
    return new FetchLimits(
        bytesMax,
        Math.min(request.minBytes(), bytesMax),
        request.maxWaitMs(),
        request.isolationLevel() == READ_COMMITTED,
        Follower.of(request),
        version >= FIRST_VERSION_WITH_RACK ? request.rackId() : null);
  }
}
