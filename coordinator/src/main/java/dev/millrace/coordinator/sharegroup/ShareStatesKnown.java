package dev.millrace.coordinator.sharegroup;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.record.ShareGroupStatePartitionMetadataValue;
import dev.millrace.coordinator.record.ShareGroupStatePartitionMetadataValue.TopicInfo;
import dev.millrace.coordinator.record.ShareGroupStatePartitionMetadataValue.TopicPartitionsInfo;
import java.util.ArrayList;
import java.util.List;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * For which partitions the share coordinator has a state of a group.
 *
 * @param initializing those whose state is being made
 * @param initialized those that have one
 * @param names the topics' names when they were last heard of
 * @param deleting topics whose states are being deleted
 */
public record ShareStatesKnown(
    Partitions initializing,
    Partitions initialized,
    PMap<Uuid, String> names,
    PMap<Uuid, String> deleting) {
  static final ShareStatesKnown NONE =
      new ShareStatesKnown(
          Partitions.NONE, Partitions.NONE, HashTreePMap.empty(), HashTreePMap.empty());

  static ShareStatesKnown of(ShareGroupStatePartitionMetadataValue value) {
    Partitions.Builder initializing = new Partitions.Builder();
    Partitions.Builder initialized = new Partitions.Builder();
    PMap<Uuid, String> names = HashTreePMap.empty();
    for (TopicPartitionsInfo topic : value.initializingTopics()) {
      initializing.addAll(topic.topicId(), topic.partitions());
      names = names.plus(topic.topicId(), topic.topicName());
    }
    for (TopicPartitionsInfo topic : value.initializedTopics()) {
      initialized.addAll(topic.topicId(), topic.partitions());
      names = names.plus(topic.topicId(), topic.topicName());
    }
    PMap<Uuid, String> deleting = HashTreePMap.empty();
    for (TopicInfo topic : value.deletingTopics()) {
      deleting = deleting.plus(topic.topicId(), topic.topicName());
    }
    return new ShareStatesKnown(initializing.build(), initialized.build(), names, deleting);
  }

  ShareGroupStatePartitionMetadataValue value() {
    List<TopicInfo> deletions = new ArrayList<>();
    deleting.forEach((id, name) -> deletions.add(new TopicInfo(id, name)));
    return ShareGroupStatePartitionMetadataValue.builder()
        .initializingTopics(topics(initializing))
        .initializedTopics(topics(initialized))
        .deletingTopics(deletions)
        .build();
  }

  private List<TopicPartitionsInfo> topics(Partitions partitions) {
    return partitions.topics().stream()
        .map(id ->
            new TopicPartitionsInfo(id, names.getOrDefault(id, ""), List.copyOf(partitions.of(id))))
        .toList();
  }

  /** Whether there is a state, or will be soon. */
  public boolean has(Uuid topicId, int partition) {
    return initialized.contains(topicId, partition) || initializing.contains(topicId, partition);
  }

  /** States of these partitions are being made. */
  ShareStatesKnown starting(Partitions more, PMap<Uuid, String> topicNames) {
    return new ShareStatesKnown(
        union(initializing, more), initialized, names.plusAll(topicNames), deleting);
  }

  /** States of these partitions were made. */
  ShareStatesKnown started(Partitions done) {
    return new ShareStatesKnown(
        minus(initializing, done), union(initialized, done), names, deleting);
  }

  /** The states of a topic are being deleted. */
  ShareStatesKnown ending(Uuid topicId) {
    return new ShareStatesKnown(
        without(initializing, topicId),
        without(initialized, topicId),
        names,
        deleting.plus(topicId, names.getOrDefault(topicId, "")));
  }

  /** Nothing is known of a topic any more. */
  ShareStatesKnown forget(Uuid topicId) {
    return new ShareStatesKnown(
        without(initializing, topicId),
        without(initialized, topicId),
        names.minus(topicId),
        deleting.minus(topicId));
  }

  private static Partitions union(Partitions one, Partitions other) {
    Partitions.Builder all = new Partitions.Builder();
    one.forEach(all::add);
    other.forEach(all::add);
    return all.build();
  }

  private static Partitions minus(Partitions from, Partitions taken) {
    Partitions.Builder left = new Partitions.Builder();
    from.forEach((topic, each) -> {
      if (!taken.contains(topic, each)) {
        left.add(topic, each);
      }
    });
    return left.build();
  }

  private static Partitions without(Partitions from, Uuid topicId) {
    Partitions.Builder left = new Partitions.Builder();
    from.forEach((topic, each) -> {
      if (!topic.equals(topicId)) {
        left.add(topic, each);
      }
    });
    return left.build();
  }
}
