package dev.millrace.quorum.image;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.record.AbortTransactionRecord;
import dev.millrace.quorum.record.AccessControlEntryRecord;
import dev.millrace.quorum.record.BeginTransactionRecord;
import dev.millrace.quorum.record.BrokerRegistrationChangeRecord;
import dev.millrace.quorum.record.ClearElrRecord;
import dev.millrace.quorum.record.ClientQuotaRecord;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.DelegationTokenRecord;
import dev.millrace.quorum.record.EndTransactionRecord;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.quorum.record.FenceBrokerRecord;
import dev.millrace.quorum.record.NoOpRecord;
import dev.millrace.quorum.record.PartitionChangeRecord;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.quorum.record.ProducerIdsRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord;
import dev.millrace.quorum.record.RegisterControllerRecord;
import dev.millrace.quorum.record.RemoveAccessControlEntryRecord;
import dev.millrace.quorum.record.RemoveDelegationTokenRecord;
import dev.millrace.quorum.record.RemoveTopicRecord;
import dev.millrace.quorum.record.RemoveUserScramCredentialRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.quorum.record.UnfenceBrokerRecord;
import dev.millrace.quorum.record.UnregisterBrokerRecord;
import dev.millrace.quorum.record.UserScramCredentialRecord;
import dev.millrace.quorum.record.ZkMigrationStateRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.IntTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * Applies records to an image: the only way in which metadata changes. Made for one step from one
 * image to the next; belongs to one thread.
 *
 * <p>Records between a begin-transaction and an end-transaction record count all at once or not at
 * all (KIP-868); {@link #finish} with an open transaction keeps the records back for the next step.
 */
public final class Replay {
  private final ClusterImage before;
  private PMap<String, Short> features;
  private PSortedMap<Integer, BrokerImage> brokers;
  private TopicsImage topics;
  private PMap<ConfigResource, PSortedMap<String, String>> configs;
  private long nextProducerId;
  private KeptRecords kept;

  private final Set<Uuid> topicsCreated = new LinkedHashSet<>();
  private final Map<Uuid, TopicImage> topicsDeleted = new LinkedHashMap<>();
  private final Map<Uuid, Set<Integer>> partitionsChanged = new HashMap<>();
  private final Set<ConfigResource> configsChanged = new HashSet<>();
  private final Set<Integer> brokersChanged = new TreeSet<>();
  private boolean featuresChanged;
  private @Nullable List<Message> transaction;

  /** What came out of a step. */
  public record Step(ImageDelta delta, ClusterImage image) {}

  public Replay(ClusterImage before) {
    this.before = before;
    features = before.features();
    brokers = before.brokers();
    topics = before.topics();
    configs = before.configs();
    nextProducerId = before.nextProducerId();
    kept = before.kept();
  }

  /** Goes on with a transaction that the step before left open. */
  public static Replay after(Replay earlier, ClusterImage image) {
    Replay replay = new Replay(image);
    replay.transaction = earlier.transaction;
    return replay;
  }

  /** Whether a transaction is open. */
  public boolean isInTransaction() {
    return transaction != null;
  }

  /** The step is over. */
  public Step finish(long offset, int epoch) {
    ClusterImage image =
        new ClusterImage(offset, epoch, features, brokers, topics, configs, nextProducerId, kept);
    ImageDelta delta =
        new ImageDelta(
            before,
            topicsCreated,
            topicsDeleted,
            partitionsChanged,
            configsChanged,
            brokersChanged,
            featuresChanged);
    return new Step(delta, image);
  }

  /**
   * The next record, in the order of the log.
   *
   * @throws MetadataException when it speaks of something that is not there: the log is broken
   */
  public void apply(Message record) {
    switch (record) {
      case BeginTransactionRecord _ -> transaction = new ArrayList<>();
      case EndTransactionRecord _ -> endTransaction();
      case AbortTransactionRecord _ -> transaction = null;
      default -> {
        if (transaction != null) {
          transaction.add(record);
        } else {
          applyNow(record);
        }
      }
    }
  }

  private void endTransaction() {
    List<Message> records = transaction;
    transaction = null;
    if (records == null) {
      throw new MetadataException("a metadata transaction ends that never began");
    }
    records.forEach(this::applyNow);
  }

  private void applyNow(Message record) {
    switch (record) {
      case PartitionChangeRecord change -> applyChange(change);
      case PartitionRecord partition -> addPartition(partition);
      case TopicRecord topic -> addTopic(topic);
      case RemoveTopicRecord topic -> removeTopic(topic);
      case ClearElrRecord clear -> clearEligible(clear);
      case ConfigRecord config -> applyConfig(config);
      case RegisterBrokerRecord broker -> putBroker(BrokerImage.of(broker));
      case UnregisterBrokerRecord broker -> removeBroker(broker);
      case BrokerRegistrationChangeRecord change ->
          putBroker(broker(change.brokerId(), change.brokerEpoch()).apply(change));
      case FenceBrokerRecord fence -> putBroker(broker(fence.id(), fence.epoch()).withFenced(true));
      case UnfenceBrokerRecord unfence ->
          putBroker(broker(unfence.id(), unfence.epoch()).withFenced(false));
      case FeatureLevelRecord feature -> applyFeature(feature);
      case ProducerIdsRecord ids -> nextProducerId = ids.nextProducerId();
      case NoOpRecord _ -> {}
      default -> keep(record);
    }
  }

  private void keep(Message record) {
    kept =
        switch (record) {
          case RegisterControllerRecord controller -> kept.with(controller);
          case AccessControlEntryRecord entry -> kept.with(entry);
          case RemoveAccessControlEntryRecord entry -> kept.without(entry);
          case ClientQuotaRecord quota -> kept.with(quota);
          case UserScramCredentialRecord credential -> kept.with(credential);
          case RemoveUserScramCredentialRecord credential -> kept.without(credential);
          case DelegationTokenRecord token -> kept.with(token);
          case RemoveDelegationTokenRecord token -> kept.without(token);
          case ZkMigrationStateRecord state -> kept.with(state);
          default ->
              throw new MetadataException(
                  "metadata record cannot be replayed, record="
                      + record.getClass().getSimpleName());
        };
  }

  private void addTopic(TopicRecord record) {
    if (topics.find(record.name()) != null) {
      throw new MetadataException("topic is created twice, name=" + record.name());
    }
    topics = topics.with(new TopicImage(record.name(), record.topicId(), IntTreePMap.empty()));
    topicsCreated.add(record.topicId());
  }

  private void removeTopic(RemoveTopicRecord record) {
    TopicImage topic = topic(record.topicId());
    topics = topics.without(topic);
    partitionsChanged.remove(topic.id());
    if (!topicsCreated.remove(topic.id())) {
      topicsDeleted.put(topic.id(), topic);
    }
    ConfigResource resource = ConfigResource.topic(topic.name());
    configs = configs.minus(resource);
    configsChanged.remove(resource);
  }

  private void addPartition(PartitionRecord record) {
    TopicImage topic = topic(record.topicId());
    putPartition(topic, record.partitionId(), PartitionImage.of(record));
  }

  private void applyChange(PartitionChangeRecord change) {
    TopicImage topic = topic(change.topicId());
    PartitionImage partition = topic.partition(change.partitionId());
    if (partition == null) {
      throw new MetadataException(
          "a partition changes that is not there, topic="
              + topic.name()
              + " partition="
              + change.partitionId());
    }
    putPartition(topic, change.partitionId(), partition.apply(change));
  }

  private void clearEligible(ClearElrRecord clear) {
    for (TopicImage topic : List.copyOf(topics.byId().values())) {
      if (clear.topicName().isEmpty() || clear.topicName().equals(topic.name())) {
        for (Map.Entry<Integer, PartitionImage> entry : topic.partitions().entrySet()) {
          putPartition(topic(topic.id()), entry.getKey(), entry.getValue().withoutEligible());
        }
      }
    }
  }

  private void putPartition(TopicImage topic, int index, PartitionImage partition) {
    topics =
        topics.withPartitions(
            new TopicImage(topic.name(), topic.id(), topic.partitions().plus(index, partition)));
    partitionsChanged.computeIfAbsent(topic.id(), _ -> new TreeSet<>()).add(index);
  }

  private void applyConfig(ConfigRecord record) {
    ConfigScope scope = ConfigScope.ofNumber(record.resourceType());
    if (scope == null) {
      throw new MetadataException(
          "settings are for an unknown type of resource, type=" + record.resourceType());
    }
    ConfigResource resource = new ConfigResource(scope, record.resourceName());
    PSortedMap<String, String> old = configs.get(resource);
    PSortedMap<String, String> current = old == null ? TreePMap.empty() : old;
    String value = record.value();
    PSortedMap<String, String> changed =
        value == null ? current.minus(record.name()) : current.plus(record.name(), value);
    configs = changed.isEmpty() ? configs.minus(resource) : configs.plus(resource, changed);
    configsChanged.add(resource);
  }

  private void applyFeature(FeatureLevelRecord record) {
    features =
        record.featureLevel() == 0
            ? features.minus(record.name())
            : features.plus(record.name(), record.featureLevel());
    featuresChanged = true;
  }

  private void putBroker(BrokerImage broker) {
    brokers = brokers.plus(broker.id(), broker);
    brokersChanged.add(broker.id());
  }

  private void removeBroker(UnregisterBrokerRecord record) {
    BrokerImage broker = broker(record.brokerId(), record.brokerEpoch());
    brokers = brokers.minus(broker.id());
    brokersChanged.add(broker.id());
  }

  private BrokerImage broker(int id, long epoch) {
    BrokerImage broker = brokers.get(id);
    if (broker == null || broker.epoch() != epoch) {
      throw new MetadataException(
          "a broker changes that is not registered, broker=" + id + " epoch=" + epoch);
    }
    return broker;
  }

  private TopicImage topic(Uuid id) {
    TopicImage topic = topics.find(id);
    if (topic == null) {
      throw new MetadataException("a topic changes that is not there, id=" + id);
    }
    return topic;
  }
}
