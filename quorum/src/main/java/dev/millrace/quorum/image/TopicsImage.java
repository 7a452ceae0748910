package dev.millrace.quorum.image;

import dev.millrace.base.bytes.Uuid;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * All topics.
 *
 * @param idsByName ids by name, in the order of names
 * @param nameByMetricName the name of each topic that has a dot or an underscore, by the name with
 *     underscores alone; two topics may not meet there, as their metrics would
 */
public record TopicsImage(
    PMap<Uuid, TopicImage> byId,
    PSortedMap<String, Uuid> idsByName,
    PMap<String, String> nameByMetricName) {
  static final TopicsImage EMPTY =
      new TopicsImage(HashTreePMap.empty(), TreePMap.empty(), HashTreePMap.empty());

  public @Nullable TopicImage find(String name) {
    Uuid id = idsByName.get(name);
    return id == null ? null : byId.get(id);
  }

  public @Nullable TopicImage find(Uuid id) {
    return byId.get(id);
  }

  /** The topic whose metrics would have the same name as those of {@code name}, or null. */
  public @Nullable String collision(String name) {
    return hasCollisionCharacter(name) ? nameByMetricName.get(metricName(name)) : null;
  }

  /** All topics, in the order of their names. */
  public Stream<TopicImage> sorted() {
    return idsByName.values().stream().map(id -> Objects.requireNonNull(byId.get(id)));
  }

  TopicsImage with(TopicImage topic) {
    return new TopicsImage(
        byId.plus(topic.id(), topic),
        idsByName.plus(topic.name(), topic.id()),
        hasCollisionCharacter(topic.name())
            ? nameByMetricName.plus(metricName(topic.name()), topic.name())
            : nameByMetricName);
  }

  /** The same topic with other partitions. */
  TopicsImage withPartitions(TopicImage topic) {
    return new TopicsImage(byId.plus(topic.id(), topic), idsByName, nameByMetricName);
  }

  TopicsImage without(TopicImage topic) {
    return new TopicsImage(
        byId.minus(topic.id()),
        idsByName.minus(topic.name()),
        hasCollisionCharacter(topic.name())
            ? nameByMetricName.minus(metricName(topic.name()))
            : nameByMetricName);
  }

  private static boolean hasCollisionCharacter(String name) {
    return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
  }

  private static String metricName(String name) {
    return name.replace('.', '_');
  }
}
