package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.TopicCatalog;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Topics that come, go and grow. */
final class SimulatedTopics implements TopicCatalog, ConsumerRules {
  private final Map<String, Topic> topics = new TreeMap<>();
  private ConsumerSettings settings = ConsumerSettings.DEFAULTS;
  private int created;

  SimulatedTopics(ConsumerSettings settings) {
    this.settings = settings;
  }

  void put(String name, int partitions) {
    Topic old = topics.get(name);
    Uuid id = old == null ? new Uuid(++created, 77) : old.id();
    topics.put(name, new Topic(name, id, partitions));
  }

  void remove(String name) {
    topics.remove(name);
  }

  Collection<Topic> all() {
    return List.copyOf(topics.values());
  }

  void settings(ConsumerSettings changed) {
    settings = changed;
  }

  @Override
  public @Nullable Topic find(String name) {
    return topics.get(name);
  }

  @Override
  public @Nullable Topic find(Uuid id) {
    for (Topic topic : topics.values()) {
      if (topic.id().equals(id)) {
        return topic;
      }
    }
    return null;
  }

  @Override
  public Collection<String> names() {
    return topics.keySet();
  }

  @Override
  public ConsumerSettings settings(String groupId) {
    return settings;
  }

  @Override
  public TopicCatalog topics() {
    return this;
  }
}
