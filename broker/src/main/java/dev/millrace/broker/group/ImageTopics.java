package dev.millrace.broker.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The topics of an image, as groups see them. */
public record ImageTopics(ClusterImage image) implements TopicCatalog {
  @Override
  public @Nullable Topic find(String name) {
    return topic(image.topic(name));
  }

  @Override
  public @Nullable Topic find(Uuid id) {
    return topic(image.topic(id));
  }

  @Override
  public Collection<String> names() {
    return image.topics().idsByName().keySet();
  }

  private static @Nullable Topic topic(@Nullable TopicImage there) {
    return there == null ? null : new Topic(there.name(), there.id(), there.partitionCount());
  }
}
