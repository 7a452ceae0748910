package dev.millrace.quorum.image;

import dev.millrace.base.bytes.Uuid;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What changed from one image to the next.
 *
 * @param before the image that the changes were applied to
 * @param topicsCreated ids of topics that are new
 * @param topicsDeleted topics that are gone, as they were; one that came and went is in neither
 * @param partitionsChanged indexes of partitions that are new or changed, by topic id; also those
 *     of created topics
 * @param configsChanged resources with other dynamic settings; those of deleted topics are not
 *     named
 * @param brokersChanged ids of brokers that came, went or changed
 */
public record ImageDelta(
    ClusterImage before,
    Set<Uuid> topicsCreated,
    Map<Uuid, TopicImage> topicsDeleted,
    Map<Uuid, Set<Integer>> partitionsChanged,
    Set<ConfigResource> configsChanged,
    Set<Integer> brokersChanged,
    boolean featuresChanged) {

  /** Everything in which {@code after} differs, found by comparing. */
  public static ImageDelta between(ClusterImage before, ClusterImage after) {
    Set<Uuid> created = new LinkedHashSet<>();
    Map<Uuid, Set<Integer>> partitions = new HashMap<>();
    for (TopicImage topic : after.topics().byId().values()) {
      TopicImage old = before.topic(topic.id());
      if (old == null) {
        created.add(topic.id());
      }
      Set<Integer> changed = changed(old == null ? Map.of() : old.partitions(), topic.partitions());
      if (!changed.isEmpty()) {
        partitions.put(topic.id(), changed);
      }
    }
    Map<Uuid, TopicImage> deleted = new LinkedHashMap<>(before.topics().byId());
    deleted.keySet().removeAll(after.topics().byId().keySet());
    Set<ConfigResource> configs = changed(before.configs(), after.configs());
    deleted.values().stream()
        .filter(topic -> after.topic(topic.name()) == null)
        .forEach(topic -> configs.remove(ConfigResource.topic(topic.name())));
    return new ImageDelta(
        before,
        created,
        deleted,
        partitions,
        configs,
        changed(before.brokers(), after.brokers()),
        !before.features().equals(after.features()));
  }

  /** Keys that are in one map alone, or have another value in the other. */
  private static <K> Set<K> changed(Map<K, ?> before, Map<K, ?> after) {
    Set<K> changed = new HashSet<>(before.keySet());
    changed.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
    after.keySet().stream().filter(key -> !before.containsKey(key)).forEach(changed::add);
    return changed;
  }

  /** Nothing that a listener would act on. */
  public boolean isEmpty() {
    return topicsCreated.isEmpty()
        && topicsDeleted.isEmpty()
        && partitionsChanged.isEmpty()
        && configsChanged.isEmpty()
        && brokersChanged.isEmpty()
        && !featuresChanged;
  }
}
