package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.PartitionImage;

/**
 * What a follower wants to read. Its offset is a promise: everything below is as safe there as the
 * topic's flush policy asks.
 *
 * @param broker id of the follower
 * @param brokerEpoch of its present life; -1 when it does not say, then it can't join the in-sync
 *     set
 * @param logStartOffset where its log begins
 * @param hasNoRoom whether it could not write what it got last: its disk is full
 * @param query read to the log end, whatever {@link ReadQuery#committedOnly} says
 */
public record FollowerFetch(
    int broker, long brokerEpoch, long logStartOffset, boolean hasNoRoom, ReadQuery query) {
  /** One that has room. */
  public FollowerFetch(int broker, long brokerEpoch, long logStartOffset, ReadQuery query) {
    this(broker, brokerEpoch, logStartOffset, false, query);
  }

  /**
   * By this directory a follower says that its copy has no room: a partition's directory that is no
   * place at all. Kafka's leaders pass over what stands there.
   */
  public static final Uuid NO_ROOM = PartitionImage.DIRECTORY_LOST;
}
