package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetDeleteRequest;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.millrace.wire.message.OffsetDeleteResponse;
import dev.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import dev.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * OffsetDelete (47), version 0: a group forgets how far it has read topics that none of its members
 * reads (KIP-496). Partitions that are not there have an error of their own.
 */
final class OffsetDeleteHandler implements Handler<OffsetDeleteRequest> {
  private final Node node;
  private final GroupCoordinator coordinator;

  OffsetDeleteHandler(Node node, GroupCoordinator coordinator) {
    this.node = node;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.OFFSET_DELETE;
  }

  @Override
  public void handle(Call call, OffsetDeleteRequest request) {
    ClusterImage image = node.image();
    List<OffsetDeleteRequestTopic> known = new ArrayList<>();
    List<OffsetDeleteResponseTopic> missing = new ArrayList<>();
    for (OffsetDeleteRequestTopic topic : request.topics()) {
      TopicImage there = image.topic(topic.name());
      Predicate<OffsetDeleteRequestPartition> isThere =
          partition -> there != null && there.partition(partition.partitionIndex()) != null;
      List<OffsetDeleteRequestPartition> present =
          topic.partitions().stream().filter(isThere).toList();
      known.add(topic.toBuilder().partitions(present).build());
      missing.add(missing(topic, topic.partitions().stream().filter(isThere.negate()).toList()));
    }
    call.holdNext();
    coordinator.deleteOffsets(
        request.toBuilder().topics(known).build(),
        response -> call.answer(merge(response, missing)));
  }

  private static OffsetDeleteResponseTopic missing(
      OffsetDeleteRequestTopic topic, List<OffsetDeleteRequestPartition> partitions) {
    return OffsetDeleteResponseTopic.builder()
        .name(topic.name())
        .partitions(
            partitions.stream()
                .map(partition ->
                    OffsetDeleteResponsePartition.builder()
                        .partitionIndex(partition.partitionIndex())
                        .errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
                        .build())
                .toList())
        .build();
  }

  /** Both lists have the topics of the request in its order; an error of all stands alone. */
  private static OffsetDeleteResponse merge(
      OffsetDeleteResponse response, List<OffsetDeleteResponseTopic> missing) {
    if (response.errorCode() != ErrorCode.NONE.code()) {
      return response;
    }
    List<OffsetDeleteResponseTopic> topics = new ArrayList<>(missing.size());
    for (int i = 0; i < missing.size(); i++) {
      List<OffsetDeleteResponsePartition> partitions =
          new ArrayList<>(response.topics().get(i).partitions());
      partitions.addAll(missing.get(i).partitions());
      topics.add(missing.get(i).toBuilder().partitions(partitions).build());
    }
    return response.toBuilder().topics(topics).build();
  }
}
