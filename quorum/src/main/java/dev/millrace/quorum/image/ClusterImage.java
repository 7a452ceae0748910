package dev.millrace.quorum.image;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.TopicSettings;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * Everything the metadata log says, up to an offset.
 *
 * @param offset of the last record in it; -1 when there is none
 * @param epoch in which that record was written
 * @param features finalized levels by name; a feature at level 0 is not in it
 * @param brokers registered brokers by id, in the order of ids
 * @param configs dynamic settings by what they are set for
 * @param nextProducerId the first id of the next block; everything below was given away
 */
public record ClusterImage(
    long offset,
    int epoch,
    PMap<String, Short> features,
    PSortedMap<Integer, BrokerImage> brokers,
    TopicsImage topics,
    PMap<ConfigResource, PSortedMap<String, String>> configs,
    long nextProducerId,
    KeptRecords kept) {
  /** Nothing was ever written. */
  public static final ClusterImage EMPTY =
      new ClusterImage(
          -1,
          0,
          HashTreePMap.empty(),
          TreePMap.empty(),
          TopicsImage.EMPTY,
          HashTreePMap.empty(),
          0,
          KeptRecords.EMPTY);

  public @Nullable TopicImage topic(String name) {
    return topics.find(name);
  }

  public @Nullable TopicImage topic(Uuid id) {
    return topics.find(id);
  }

  public @Nullable PartitionImage partition(Uuid topicId, int index) {
    TopicImage topic = topics.find(topicId);
    return topic == null ? null : topic.partition(index);
  }

  public @Nullable BrokerImage broker(int id) {
    return brokers.get(id);
  }

  /** Whether this broker is registered, may lead and is told to clients. */
  public boolean isActive(int brokerId) {
    BrokerImage broker = brokers.get(brokerId);
    return broker != null && broker.isActive();
  }

  /**
   * Whether new replicas may be placed on a broker: some log directory is not cordoned, and it is
   * not being drained.
   */
  public boolean takesReplicas(BrokerImage broker) {
    return broker.takesReplicas() && BrokerWish.of(this, broker.id()) != BrokerWish.DRAIN;
  }

  /** The finalized level of a feature; 0 when it is off. */
  public short featureLevel(String name) {
    return Objects.requireNonNullElse(features.get(name), (short) 0);
  }

  /** What is set for this resource itself; empty when nothing is. */
  public Map<String, String> configs(ConfigResource resource) {
    return Objects.requireNonNullElse(configs.get(resource), TreePMap.empty());
  }

  /** The effective settings of a broker: {@code written} with this image's layers over it. */
  public BrokerSettings brokerSettings(BrokerSettings written, int brokerId) {
    return written.withDynamic(
        configs(ConfigResource.ALL_BROKERS), configs(ConfigResource.broker(brokerId)));
  }

  /** The effective settings of a topic on a broker whose effective settings are {@code broker}. */
  public TopicSettings topicSettings(BrokerSettings broker, String topic) {
    return broker.topic(configs(ConfigResource.topic(topic)));
  }
}
