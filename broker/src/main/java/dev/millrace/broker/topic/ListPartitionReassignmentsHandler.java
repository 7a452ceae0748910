package dev.millrace.broker.topic;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ListPartitionReassignmentsRequest;
import dev.millrace.wire.message.ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics;
import dev.millrace.wire.message.ListPartitionReassignmentsResponse;
import dev.millrace.wire.message.ListPartitionReassignmentsResponse.OngoingPartitionReassignment;
import dev.millrace.wire.message.ListPartitionReassignmentsResponse.OngoingTopicReassignment;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * ListPartitionReassignments (46), version 0: partitions whose replicas are being moved (KIP-455).
 * Null topics mean all; what is not being moved, or not there, is left out.
 */
public final class ListPartitionReassignmentsHandler
    implements Handler<ListPartitionReassignmentsRequest> {
  private final Node node;

  public ListPartitionReassignmentsHandler(Node node) {
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.LIST_PARTITION_REASSIGNMENTS;
  }

  @Override
  public void handle(Call call, ListPartitionReassignmentsRequest request) {
    ClusterImage image = node.image();
    List<ListPartitionReassignmentsTopics> asked = request.topics();
    Stream<OngoingTopicReassignment> topics =
        asked == null
            ? image.topics().byId().values().stream()
                .map(topic -> ongoing(topic, topic.partitions().keySet()))
            : asked.stream().flatMap(topic -> ongoing(topic, image));
    call.answer(
        ListPartitionReassignmentsResponse.builder()
            .topics(topics.filter(topic -> !topic.partitions().isEmpty()).toList())
            .build());
  }

  private static Stream<OngoingTopicReassignment> ongoing(
      ListPartitionReassignmentsTopics asked, ClusterImage image) {
    TopicImage topic = image.topic(asked.name());
    return topic == null ? Stream.empty() : Stream.of(ongoing(topic, asked.partitionIndexes()));
  }

  private static OngoingTopicReassignment ongoing(TopicImage topic, Collection<Integer> indexes) {
    return OngoingTopicReassignment.builder()
        .name(topic.name())
        .partitions(indexes.stream().flatMap(index -> ongoing(topic, index)).toList())
        .build();
  }

  private static Stream<OngoingPartitionReassignment> ongoing(TopicImage topic, int index) {
    PartitionImage partition = topic.partition(index);
    if (partition == null || partition.reassignment().equals(PartitionImage.Reassignment.NONE)) {
      return Stream.empty();
    }
    return Stream.of(
        OngoingPartitionReassignment.builder()
            .partitionIndex(index)
            .replicas(partition.replicas())
            .addingReplicas(partition.reassignment().adding())
            .removingReplicas(partition.reassignment().removing())
            .build());
  }
}
