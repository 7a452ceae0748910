package dev.millrace.replica;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one topic of which this node has a copy. Changed by one owner, read by any
 * thread.
 */
final class HostedTopic {
  private final String name;
  private volatile @Nullable Partition[] partitions = {};

  HostedTopic(String name) {
    this.name = name;
  }

  /** The partition with this index, or null when this node has no copy of it. */
  @Nullable Partition partition(int index) {
    @Nullable Partition[] all = partitions;
    return index >= 0 && index < all.length ? all[index] : null;
  }

  /** All copies, by index. */
  List<Partition> all() {
    List<Partition> all = new ArrayList<>();
    for (Partition partition : partitions) {
      if (partition != null) {
        all.add(partition);
      }
    }
    return all;
  }

  void put(int index, Partition partition) {
    @Nullable Partition[] next = Arrays.copyOf(partitions, Math.max(partitions.length, index + 1));
    next[index] = partition;
    partitions = next;
  }

  void remove(int index) {
    @Nullable Partition[] next = partitions.clone();
    next[index] = null;
    partitions = next;
  }

  @Override
  public String toString() {
    return name + all();
  }
}
