package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.TopicCatalog;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What groups of the consumer protocol have to know of the cluster. Safe for any thread. */
public interface ConsumerRules {
  /** The rules of a group as they are now. */
  ConsumerSettings settings(String groupId);

  /** The cluster's topics as they are now. */
  TopicCatalog topics();

  /** Kafka's rules, and no topics. */
  ConsumerRules DEFAULTS =
      new ConsumerRules() {
        @Override
        public ConsumerSettings settings(String groupId) {
          return ConsumerSettings.DEFAULTS;
        }

        @Override
        public TopicCatalog topics() {
          return NO_TOPICS;
        }
      };

  /** A cluster without topics. */
  TopicCatalog NO_TOPICS =
      new TopicCatalog() {
        @Override
        public @Nullable Topic find(String name) {
          return null;
        }

        @Override
        public @Nullable Topic find(Uuid id) {
          return null;
        }

        @Override
        public Collection<String> names() {
          return List.of();
        }
      };
}
