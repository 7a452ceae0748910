package dev.millrace.coordinator.consumer;

import dev.millrace.base.bytes.Uuid;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The topics of the cluster at one moment. */
public interface TopicCatalog {
  @Nullable Topic find(String name);

  @Nullable Topic find(Uuid id);

  /** The names of all topics. */
  Collection<String> names();

  /**
   * A topic.
   *
   * @param partitions how many it has
   */
  record Topic(String name, Uuid id, int partitions) {}
}
