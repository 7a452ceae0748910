package dev.millrace.client.producer;

import dev.millrace.client.ClusterView;
import dev.millrace.client.ClusterView.Node;
import dev.millrace.client.ClusterView.Partition;
import dev.millrace.client.ClusterView.Topic;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Chooses partitions of one topic for records without a key (KIP-794): one partition gets a batch's
 * worth of bytes, then another. Of two drawn at random the one with fewer waiting batches is taken,
 * so that a slow node gets less. Partitions without a leader are left out, and with a rack those
 * with a leader elsewhere as well while there are others. Safe for any thread.
 */
final class Sticky {
  private final int batchBytes;
  private final String rack;
  private final RandomGenerator random;
  private int current = -1;
  private long bytes;

  Sticky(int batchBytes, String rack, RandomGenerator random) {
    this.batchBytes = batchBytes;
    this.rack = rack;
    this.random = random;
  }

  /**
   * The partition for the next record.
   *
   * @param queued how many batches wait for a partition
   */
  synchronized int choose(ClusterView view, Topic topic, int recordBytes, IntUnaryOperator queued) {
    boolean usable =
        current >= 0
            && current < topic.partitions().size()
            && topic.partitions().get(current).leader() >= 0;
    if (!usable || bytes >= batchBytes) {
      current = another(candidates(view, topic), queued);
      bytes = 0;
    }
    bytes += recordBytes;
    return current;
  }

  private int another(List<Partition> candidates, IntUnaryOperator queued) {
    int one = candidates.get(random.nextInt(candidates.size())).index();
    int other = candidates.get(random.nextInt(candidates.size())).index();
    return queued.applyAsInt(other) < queued.applyAsInt(one) ? other : one;
  }

  private List<Partition> candidates(ClusterView view, Topic topic) {
    List<Partition> led =
        topic.partitions().stream().filter(partition -> partition.leader() >= 0).toList();
    List<Partition> near =
        rack.isEmpty()
            ? List.of()
            : led.stream()
                .filter(partition -> {
                  Node leader = view.nodes().get(partition.leader());
                  return leader != null && rack.equals(leader.rack());
                })
                .toList();
    if (!near.isEmpty()) {
      return near;
    }
    return led.isEmpty() ? topic.partitions() : led;
  }
}
