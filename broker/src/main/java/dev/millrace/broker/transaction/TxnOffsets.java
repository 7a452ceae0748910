package dev.millrace.broker.transaction;

import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import dev.millrace.wire.message.TxnOffsetCommitRequest;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import dev.millrace.wire.message.TxnOffsetCommitResponse;
import dev.millrace.wire.message.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import dev.millrace.wire.message.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import java.util.List;

/**
 * TxnOffsetCommit in the words of OffsetCommit, and back: beside the producer they say the same, so
 * that what is done with them is written once.
 */
final class TxnOffsets {
  private TxnOffsets() {}

  static List<OffsetCommitRequestTopic> topics(TxnOffsetCommitRequest request) {
    return request.topics().stream().map(TxnOffsets::topic).toList();
  }

  static OffsetCommitRequest commit(
      TxnOffsetCommitRequest request, List<OffsetCommitRequestTopic> topics) {
    return OffsetCommitRequest.builder()
        .groupId(request.groupId())
        .generationIdOrMemberEpoch(request.generationIdOrMemberEpoch())
        .memberId(request.memberId())
        .groupInstanceId(request.groupInstanceId())
        .topics(topics)
        .build();
  }

  static TxnOffsetCommitResponse response(List<OffsetCommitResponseTopic> topics) {
    return TxnOffsetCommitResponse.builder()
        .topics(topics.stream().map(TxnOffsets::topic).toList())
        .build();
  }

  private static OffsetCommitRequestTopic topic(TxnOffsetCommitRequestTopic topic) {
    return OffsetCommitRequestTopic.builder()
        .name(topic.name())
        .topicId(topic.topicId())
        .partitions(topic.partitions().stream().map(TxnOffsets::partition).toList())
        .build();
  }

  private static OffsetCommitRequestPartition partition(TxnOffsetCommitRequestPartition one) {
    return OffsetCommitRequestPartition.builder()
        .partitionIndex(one.partitionIndex())
        .committedOffset(one.committedOffset())
        .committedLeaderEpoch(one.committedLeaderEpoch())
        .committedMetadata(one.committedMetadata())
        .build();
  }

  private static TxnOffsetCommitResponseTopic topic(OffsetCommitResponseTopic topic) {
    return TxnOffsetCommitResponseTopic.builder()
        .name(topic.name())
        .topicId(topic.topicId())
        .partitions(topic.partitions().stream().map(TxnOffsets::partition).toList())
        .build();
  }

  private static TxnOffsetCommitResponsePartition partition(OffsetCommitResponsePartition one) {
    return TxnOffsetCommitResponsePartition.builder()
        .partitionIndex(one.partitionIndex())
        .errorCode(one.errorCode())
        .build();
  }
}
