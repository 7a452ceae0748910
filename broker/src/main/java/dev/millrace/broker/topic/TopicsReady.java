package dev.millrace.broker.topic;

import dev.millrace.base.bytes.Uuid;
import java.util.Collection;

/** Tells when this node serves what the cluster's metadata says it has. Safe for any thread. */
@FunctionalInterface
public interface TopicsReady {
  /**
   * Runs {@code then}, on any thread, once this node has opened its partitions of these topics, or
   * has failed to. Topics that are gone or that have no partition here count as ready.
   */
  void whenReady(Collection<Uuid> topicIds, Runnable then);
}
