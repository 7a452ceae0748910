package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;

/**
 * Hears how an append ended. Called once, on whatever thread moved the high watermark, with no lock
 * held: it hands the news over to its own turns and returns.
 */
@FunctionalInterface
public interface CommitListener {
  /**
   * The append is settled.
   *
   * @param error {@link ErrorCode#NONE} when the high watermark has passed it; {@link
   *     ErrorCode#NOT_LEADER_OR_FOLLOWER} when this node is no leader of the partition any more;
   *     {@link ErrorCode#UNKNOWN_TOPIC_OR_PARTITION} when the partition was deleted; {@link
   *     ErrorCode#KAFKA_STORAGE_ERROR} when its disk failed. After an error the records may or may
   *     not survive.
   */
  void settled(ErrorCode error);
}
