package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.ShareGroupFront;
import dev.millrace.coordinator.group.ShareGroupFront.Changed;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestPartition;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic;
import dev.millrace.wire.message.AlterShareGroupOffsetsResponse;
import dev.millrace.wire.message.AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponsePartition;
import dev.millrace.wire.message.AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponseTopic;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AlterShareGroupOffsets (91), version 0: sets where an empty share group goes on, or a new one
 * begins (KIP-932); −1 leaves it to the group's {@code share.auto.offset.reset}.
 */
final class AlterShareGroupOffsetsHandler implements Handler<AlterShareGroupOffsetsRequest> {
  private final Node node;
  private final ShareAccess access;
  private final ShareGroupFront groups;

  AlterShareGroupOffsetsHandler(Node node, ShareAccess access, ShareGroupFront groups) {
    this.node = node;
    this.access = access;
    this.groups = groups;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALTER_SHARE_GROUP_OFFSETS;
  }

  @Override
  public void handle(Call call, AlterShareGroupOffsetsRequest request) {
    ErrorCode refusal = access.groupRefusal(request.groupId());
    if (refusal != ErrorCode.NONE) {
      call.answer(refused(refusal));
      return;
    }
    ClusterImage image = node.image();
    Map<ShareKey, Long> starts = new LinkedHashMap<>();
    for (AlterShareGroupOffsetsRequestTopic asked : request.topics()) {
      TopicImage topic = image.topic(asked.topicName());
      for (AlterShareGroupOffsetsRequestPartition partition : asked.partitions()) {
        if (topic != null
            && topic.partition(partition.partitionIndex()) != null
            && partition.startOffset() >= ShareState.UNINITIALIZED) {
          starts.put(
              new ShareKey(request.groupId(), topic.id(), partition.partitionIndex()),
              partition.startOffset());
        }
      }
    }
    groups.alter(
        request.groupId(),
        starts,
        changed ->
            call.answer(
                changed.error() == ErrorCode.NONE
                    ? response(request, image, changed)
                    : refused(changed.error())));
  }

  private static AlterShareGroupOffsetsResponse refused(ErrorCode error) {
    return AlterShareGroupOffsetsResponse.builder()
        .errorCode(error)
        .errorMessage(ShareAccess.message(error))
        .build();
  }

  private static AlterShareGroupOffsetsResponse response(
      AlterShareGroupOffsetsRequest request, ClusterImage image, Changed changed) {
    List<AlterShareGroupOffsetsResponseTopic> topics = new ArrayList<>();
    for (AlterShareGroupOffsetsRequestTopic asked : request.topics()) {
      TopicImage topic = image.topic(asked.topicName());
      List<AlterShareGroupOffsetsResponsePartition> partitions = new ArrayList<>();
      for (AlterShareGroupOffsetsRequestPartition partition : asked.partitions()) {
        ErrorCode error = error(request.groupId(), topic, partition, changed);
        partitions.add(
            AlterShareGroupOffsetsResponsePartition.builder()
                .partitionIndex(partition.partitionIndex())
                .errorCode(error)
                .errorMessage(error == ErrorCode.NONE ? null : ShareAccess.message(error))
                .build());
      }
      AlterShareGroupOffsetsResponseTopic.Builder one =
          AlterShareGroupOffsetsResponseTopic.builder()
              .topicName(asked.topicName())
              .partitions(partitions);
      topics.add(topic == null ? one.build() : one.topicId(topic.id()).build());
    }
    return AlterShareGroupOffsetsResponse.builder().responses(topics).build();
  }

  private static ErrorCode error(
      String groupId,
      @Nullable TopicImage topic,
      AlterShareGroupOffsetsRequestPartition partition,
      Changed changed) {
    if (topic == null || topic.partition(partition.partitionIndex()) == null) {
      return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }
    ErrorCode result =
        changed.results().get(new ShareKey(groupId, topic.id(), partition.partitionIndex()));
    return result == null ? ErrorCode.INVALID_REQUEST : result;
  }
}
