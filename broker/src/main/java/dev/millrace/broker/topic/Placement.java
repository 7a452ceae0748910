package dev.millrace.broker.topic;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import java.util.List;

/**
 * Where a partition lives, as seen by the clients of one listener.
 *
 * @param error {@link ErrorCode#NONE}, or why there is no leader to talk to
 * @param leader -1 when clients cannot reach one
 * @param offline replicas whose broker is down or does not have the listener
 */
record Placement(ErrorCode error, int leader, PartitionImage partition, List<Integer> offline) {
  private static final int NO_LEADER = -1;

  static Placement of(PartitionImage partition, ClusterImage image, String listener) {
    List<Integer> offline =
        partition.replicas().stream().filter(id -> !isReachable(id, image, listener)).toList();
    if (isReachable(partition.leader(), image, listener)) {
      return new Placement(ErrorCode.NONE, partition.leader(), partition, offline);
    }
    BrokerImage leader = image.broker(partition.leader());
    ErrorCode error =
        leader == null || leader.fenced()
            ? ErrorCode.LEADER_NOT_AVAILABLE
            : ErrorCode.LISTENER_NOT_FOUND;
    return new Placement(error, NO_LEADER, partition, offline);
  }

  private static boolean isReachable(int brokerId, ClusterImage image, String listener) {
    BrokerImage broker = image.broker(brokerId);
    return broker != null && !broker.fenced() && broker.endpoint(listener) != null;
  }
}
