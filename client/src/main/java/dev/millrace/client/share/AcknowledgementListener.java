package dev.millrace.client.share;

import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.ConsumerException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Hears what became of acknowledgements, in {@code poll}, {@code commit} and {@code close}. */
@FunctionalInterface
public interface AcknowledgementListener {
  /** Hears nothing. */
  AcknowledgementListener NONE = (partition, offsets, fault) -> {};

  /**
   * @param fault null when the cluster has them; else they were too late or lost, and the records
   *     may be given out again
   */
  void acknowledged(TopicPartition partition, Set<Long> offsets, @Nullable ConsumerException fault);
}
