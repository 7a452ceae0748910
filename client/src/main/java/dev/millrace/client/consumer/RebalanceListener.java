package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.Collection;

/** Told about partitions that come and go, in the polling thread, inside {@code poll}. */
public interface RebalanceListener {
  /** Nobody is told. */
  RebalanceListener NONE = new RebalanceListener() {};

  /** These come to this consumer; it may seek in them. */
  default void assigned(Collection<TopicPartition> partitions) {}

  /** These leave after this call: the last moment to commit. */
  default void revoked(Collection<TopicPartition> partitions) {}

  /** These are gone already, others may have them: nothing can be committed any more. */
  default void lost(Collection<TopicPartition> partitions) {
    revoked(partitions);
  }
}
