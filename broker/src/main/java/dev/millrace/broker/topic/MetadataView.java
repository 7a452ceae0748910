package dev.millrace.broker.topic;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.quorum.control.TopicNames;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import java.util.ArrayList;
import java.util.List;

/**
 * Topics of one image as Metadata shows them to the clients of one listener.
 *
 * @param operations whether clients want to know what they may do with a topic
 */
record MetadataView(ClusterImage image, String listener, short version, boolean operations) {
  /** Version from which a leader without the listener has an error of its own. */
  private static final short LISTENER_ERROR_SINCE = 6;

  List<MetadataResponseTopic> topics(MetadataQuery query) {
    return switch (query) {
      case MetadataQuery.All _ ->
          image.topics().idsByName().keySet().stream().map(this::byName).toList();
      case MetadataQuery.ByName(List<String> names) -> names.stream().map(this::byName).toList();
      case MetadataQuery.ById(List<Uuid> ids) -> ids.stream().map(this::byId).toList();
      case MetadataQuery.Invalid _ -> List.of();
    };
  }

  private MetadataResponseTopic byName(String name) {
    TopicImage topic = image.topic(name);
    if (topic != null) {
      return topic(topic);
    }
    return MetadataResponseTopic.builder()
        .errorCode(MissingTopics.error(name))
        .name(name)
        .isInternal(TopicNames.isInternal(name))
        .build();
  }

  private MetadataResponseTopic byId(Uuid id) {
    TopicImage topic = image.topic(id);
    if (topic != null) {
      return topic(topic);
    }
    return MetadataResponseTopic.builder()
        .errorCode(ErrorCode.UNKNOWN_TOPIC_ID)
        .name(null)
        .topicId(id)
        .build();
  }

  private MetadataResponseTopic topic(TopicImage topic) {
    List<MetadataResponsePartition> partitions = new ArrayList<>(topic.partitionCount());
    for (int index = 0; index < topic.partitionCount(); index++) {
      PartitionImage partition = topic.partition(index);
      if (partition != null) {
        partitions.add(partition(index, Placement.of(partition, image, listener)));
      }
    }
    return MetadataResponseTopic.builder()
        .name(topic.name())
        .topicId(topic.id())
        .isInternal(TopicNames.isInternal(topic.name()))
        .partitions(partitions)
        .topicAuthorizedOperations(
            operations ? AuthorizedOperations.TOPIC : AuthorizedOperations.NOT_REQUESTED)
        .build();
  }

  private MetadataResponsePartition partition(int index, Placement placement) {
    PartitionImage partition = placement.partition();
    return MetadataResponsePartition.builder()
        .errorCode(error(placement))
        .partitionIndex(index)
        .leaderId(placement.leader())
        .leaderEpoch(partition.leaderEpoch())
        .replicaNodes(version == 0 ? online(partition.replicas(), placement) : partition.replicas())
        .isrNodes(version == 0 ? online(partition.isr(), placement) : partition.isr())
        .offlineReplicas(placement.offline())
        .build();
  }

  /** Clients of version 0 know offline replicas by an error alone. */
  private ErrorCode error(Placement placement) {
    if (placement.error() == ErrorCode.LISTENER_NOT_FOUND && version < LISTENER_ERROR_SINCE) {
      return ErrorCode.LEADER_NOT_AVAILABLE;
    }
    boolean replicaMissing =
        version == 0 && placement.error() == ErrorCode.NONE && !placement.offline().isEmpty();
    return replicaMissing ? ErrorCode.REPLICA_NOT_AVAILABLE : placement.error();
  }

  private static List<Integer> online(List<Integer> replicas, Placement placement) {
    return replicas.stream().filter(id -> !placement.offline().contains(id)).toList();
  }
}
