package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one node remembers of our fetches (KIP-227): a request names only what has changed since the
 * last one. A node that opens none is asked in full each time. In turns.
 */
final class FetchSession {
  private static final int FULL = 0;

  private int id;
  private int epoch = FULL;
  private Map<TopicPartition, Long> told = Map.of();

  /**
   * What a request says.
   *
   * @param named offsets by partition; all of them in a full request
   * @param forgotten partitions that are not to be read any more
   */
  record Step(int id, int epoch, Map<TopicPartition, Long> named, List<TopicPartition> forgotten) {}

  /** The next request for these offsets. */
  Step next(Map<TopicPartition, Long> wanted) {
    Map<TopicPartition, Long> named = new TreeMap<>(wanted);
    List<TopicPartition> forgotten = new ArrayList<>();
    if (epoch != FULL) {
      named.entrySet().removeAll(told.entrySet());
      for (TopicPartition each : told.keySet()) {
        if (!wanted.containsKey(each)) {
          forgotten.add(each);
        }
      }
    }
    told = Map.copyOf(wanted);
    return new Step(id, epoch, named, forgotten);
  }

  /** The node has answered; {@code session} is 0 when it keeps none. */
  void answered(int session) {
    if (session == 0) {
      lost();
    } else {
      epoch = session != id || epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
      id = session;
    }
  }

  /** The node knows nothing of it, or may have missed a request. */
  void lost() {
    id = 0;
    epoch = FULL;
    told = Map.of();
  }
}
