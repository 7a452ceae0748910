package dev.millrace.coordinator.group;

import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.List;

/**
 * The offsets that a commit names, in a transaction or without one: what is written of them, and
 * what is answered about each.
 *
 * @param request with names and ids of all topics
 */
record NamedOffsets(OffsetCommitRequest request) {

  /** What is to be said about each partition of a commit that is allowed as a whole. */
  @FunctionalInterface
  interface Verdicts {
    ErrorCode of(OffsetCommitRequestTopic topic, OffsetCommitRequestPartition partition);

    /** The same about every partition. */
    static Verdicts all(ErrorCode error) {
      return (_, _) -> error;
    }

    /** Refuses metadata of more characters than that. */
    static Verdicts ofLength(int max) {
      return (_, partition) ->
          metadata(partition).length() > max ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE;
    }
  }

  /** The records of the partitions that nothing is said against. */
  List<KeyValue> records(Verdicts verdicts, long nowMs, long expiresMs) {
    List<KeyValue> records = new ArrayList<>();
    for (OffsetCommitRequestTopic topic : request.topics()) {
      for (OffsetCommitRequestPartition partition : topic.partitions()) {
        if (verdicts.of(topic, partition) == ErrorCode.NONE) {
          OffsetCommitValue value =
              OffsetCommitValue.builder()
                  .offset(partition.committedOffset())
                  .leaderEpoch(partition.committedLeaderEpoch())
                  .metadata(metadata(partition))
                  .commitTimestamp(nowMs)
                  .expireTimestamp(expiresMs)
                  .topicId(topic.topicId())
                  .build();
          records.add(
              GroupRecords.offset(
                  request.groupId(),
                  topic.name(),
                  partition.partitionIndex(),
                  CommittedOffset.unwritten(value)));
        }
      }
    }
    return records;
  }

  /** What is answered, in the order of the request. */
  OffsetCommitResponse response(Verdicts verdicts) {
    List<OffsetCommitResponseTopic> topics = new ArrayList<>(request.topics().size());
    for (OffsetCommitRequestTopic topic : request.topics()) {
      List<OffsetCommitResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
      for (OffsetCommitRequestPartition partition : topic.partitions()) {
        partitions.add(
            OffsetCommitResponsePartition.builder()
                .partitionIndex(partition.partitionIndex())
                .errorCode(verdicts.of(topic, partition))
                .build());
      }
      topics.add(
          OffsetCommitResponseTopic.builder()
              .name(topic.name())
              .topicId(topic.topicId())
              .partitions(partitions)
              .build());
    }
    return OffsetCommitResponse.builder().topics(topics).build();
  }

  private static String metadata(OffsetCommitRequestPartition partition) {
    String metadata = partition.committedMetadata();
    return metadata == null ? "" : metadata;
  }
}
