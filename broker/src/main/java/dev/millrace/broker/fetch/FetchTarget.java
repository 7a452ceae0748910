package dev.millrace.broker.fetch;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.replica.Partition;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import org.jspecify.annotations.Nullable;

/**
 * One partition that a client fetches: what it wants and, in a session, what it was told last.
 * Equal by topic and index alone; comparable so that names chosen to collide in a hash map do no
 * harm. Belongs to the request that is in work.
 */
final class FetchTarget implements Comparable<FetchTarget> {
  private static final long UNTOLD = -1;

  private final String topic;
  private final Uuid topicId;
  private FetchPartition wanted;
  private @Nullable Partition partition;
  private long toldHighWatermark = UNTOLD;
  private long toldLogStartOffset = UNTOLD;
  private long bytesSeen;
  private boolean isNewWish = true;
  private long notedMs;

  /**
   * A partition that was told nothing yet.
   *
   * @param topic empty from version 13 on
   * @param topicId zero below version 13
   */
  FetchTarget(String topic, Uuid topicId, FetchPartition wanted) {
    this.topic = topic;
    this.topicId = topicId;
    this.wanted = wanted;
  }

  String topic() {
    return topic;
  }

  Uuid topicId() {
    return topicId;
  }

  int index() {
    return wanted.partition();
  }

  FetchPartition wanted() {
    return wanted;
  }

  /** The client moved on to another offset, or changed a limit. */
  void want(FetchPartition next) {
    wanted = next;
    isNewWish = true;
  }

  /** Whether a follower's place must be noted: it moved, or was not noted for a while. */
  boolean isToBeNoted(long nowMs, long intervalMs) {
    return isNewWish || nowMs - notedMs >= intervalMs;
  }

  /** The follower's place was noted. */
  void noted(long nowMs) {
    isNewWish = false;
    notedMs = nowMs;
  }

  /** The partition that answered last, as long as it is open. */
  @Nullable Partition partition() {
    return partition;
  }

  void resolved(@Nullable Partition found) {
    partition = found;
  }

  /** Notes how far the partition's counter of readable bytes was when it was looked at. */
  void saw(long bytes) {
    bytesSeen = bytes;
  }

  long bytesSeen() {
    return bytesSeen;
  }

  /** Whether the client knows this high watermark and log start already. */
  boolean knows(long highWatermark, long logStartOffset) {
    return highWatermark == toldHighWatermark && logStartOffset == toldLogStartOffset;
  }

  /** Whether {@code data} has anything that the client was not told (KIP-227). */
  boolean isNews(PartitionData data) {
    return data.errorCode() != 0
        || (data.records() != null && data.records().size() > 0)
        || data.divergingEpoch().epoch() >= 0
        || data.preferredReadReplica() >= 0
        || !knows(data.highWatermark(), data.logStartOffset());
  }

  /**
   * The client was told {@code data}; after an error the next success is news again, and after a
   * divergence, for a follower takes nothing over before its log is part of this one.
   */
  void told(PartitionData data) {
    boolean isSuccess = data.errorCode() == 0 && data.divergingEpoch().epoch() < 0;
    toldHighWatermark = isSuccess ? data.highWatermark() : UNTOLD;
    toldLogStartOffset = isSuccess ? data.logStartOffset() : UNTOLD;
  }

  boolean sameTopic(FetchTarget other) {
    return topic.equals(other.topic) && topicId.equals(other.topicId);
  }

  @Override
  public int compareTo(FetchTarget other) {
    int byIndex = Integer.compare(index(), other.index());
    int byId = byIndex != 0 ? byIndex : topicId.compareTo(other.topicId);
    return byId != 0 ? byId : topic.compareTo(other.topic);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FetchTarget target && index() == target.index() && sameTopic(target);
  }

  @Override
  public int hashCode() {
    return (topic.hashCode() * 31 + topicId.hashCode()) * 31 + index();
  }
}
