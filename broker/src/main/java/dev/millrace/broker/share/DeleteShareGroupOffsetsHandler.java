package dev.millrace.broker.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.ShareGroupFront;
import dev.millrace.coordinator.group.ShareGroupFront.Changed;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DeleteShareGroupOffsetsRequest;
import dev.millrace.wire.message.DeleteShareGroupOffsetsRequest.DeleteShareGroupOffsetsRequestTopic;
import dev.millrace.wire.message.DeleteShareGroupOffsetsResponse;
import dev.millrace.wire.message.DeleteShareGroupOffsetsResponse.DeleteShareGroupOffsetsResponseTopic;
import java.util.ArrayList;
import java.util.List;

/** DeleteShareGroupOffsets (92), version 0: an empty share group forgets topics (KIP-932). */
final class DeleteShareGroupOffsetsHandler implements Handler<DeleteShareGroupOffsetsRequest> {
  private static final int WHOLE_TOPIC = -1;

  private final Node node;
  private final ShareAccess access;
  private final ShareGroupFront groups;

  DeleteShareGroupOffsetsHandler(Node node, ShareAccess access, ShareGroupFront groups) {
    this.node = node;
    this.access = access;
    this.groups = groups;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DELETE_SHARE_GROUP_OFFSETS;
  }

  @Override
  public void handle(Call call, DeleteShareGroupOffsetsRequest request) {
    ErrorCode refusal = access.groupRefusal(request.groupId());
    if (refusal != ErrorCode.NONE) {
      call.answer(refused(refusal));
      return;
    }
    ClusterImage image = node.image();
    List<Uuid> topics = new ArrayList<>();
    for (DeleteShareGroupOffsetsRequestTopic asked : request.topics()) {
      TopicImage topic = image.topic(asked.topicName());
      if (topic != null && !topics.contains(topic.id())) {
        topics.add(topic.id());
      }
    }
    groups.deleteOffsets(
        request.groupId(),
        topics,
        changed ->
            call.answer(
                changed.error() == ErrorCode.NONE
                    ? response(request, image, changed)
                    : refused(changed.error())));
  }

  private static DeleteShareGroupOffsetsResponse refused(ErrorCode error) {
    return DeleteShareGroupOffsetsResponse.builder()
        .errorCode(error)
        .errorMessage(ShareAccess.message(error))
        .build();
  }

  private static DeleteShareGroupOffsetsResponse response(
      DeleteShareGroupOffsetsRequest request, ClusterImage image, Changed changed) {
    List<DeleteShareGroupOffsetsResponseTopic> topics = new ArrayList<>();
    for (DeleteShareGroupOffsetsRequestTopic asked : request.topics()) {
      TopicImage topic = image.topic(asked.topicName());
      ErrorCode result =
          topic == null
              ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
              : changed
                  .results()
                  .getOrDefault(
                      new ShareKey(request.groupId(), topic.id(), WHOLE_TOPIC), ErrorCode.NONE);
      topics.add(
          DeleteShareGroupOffsetsResponseTopic.builder()
              .topicName(asked.topicName())
              .topicId(topic == null ? Uuid.ZERO : topic.id())
              .errorCode(result)
              .errorMessage(result == ErrorCode.NONE ? null : ShareAccess.message(result))
              .build());
    }
    return DeleteShareGroupOffsetsResponse.builder().responses(topics).build();
  }
}
