package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.List;

/**
 * Partitions that come or go.
 *
 * @param done to be submitted to the owner once the listener has run
 */
record Rebalance(Kind kind, List<TopicPartition> partitions, Runnable done) {
  /** What happens to the partitions. */
  enum Kind {
    ASSIGNED,
    REVOKED,
    LOST
  }
}
