package dev.millrace.coordinator.group;

import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.streams.InternalTopic;
import dev.millrace.coordinator.streams.StreamsSettings;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What streams groups have to know of the cluster, and want of it. Safe for any thread. */
public interface StreamsGroupRules {
  /** The rules of a group as they are now. */
  StreamsSettings settings(String groupId);

  /** The cluster's topics as they are now. */
  TopicCatalog topics();

  /**
   * Begins to create topics that a group needs, unless that is under way. Called with every
   * heartbeat while they are missing.
   *
   * @return why some of them could not be created when it was tried last, or null
   */
  @Nullable String create(Collection<InternalTopic> missing);

  /** Kafka's rules, and no topics. */
  StreamsGroupRules NONE =
      new StreamsGroupRules() {
        @Override
        public StreamsSettings settings(String groupId) {
          return StreamsSettings.DEFAULTS;
        }

        @Override
        public TopicCatalog topics() {
          return ConsumerRules.NO_TOPICS;
        }

        @Override
        public @Nullable String create(Collection<InternalTopic> missing) {
          return null;
        }
      };
}
