package dev.millrace.quorum.image;

import dev.millrace.base.bytes.Uuid;
import org.jspecify.annotations.Nullable;
import org.pcollections.IntTreePMap;

/**
 * A topic and its partitions, by index from 0 without gaps.
 *
 * @param id new for each topic, also for one with the name of a deleted one (KIP-516)
 */
public record TopicImage(String name, Uuid id, IntTreePMap<PartitionImage> partitions) {
  public @Nullable PartitionImage partition(int index) {
    return partitions.get(index);
  }

  public int partitionCount() {
    return partitions.size();
  }
}
