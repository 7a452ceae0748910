package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerMember;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.coordinator.streams.StreamsMember;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OffsetFetch: reads committed offsets. What is not there has offset −1 and no error, be it an
 * unknown group, topic or partition.
 */
final class OffsetFetches {
  private static final long NO_OFFSET = -1;
  private static final int NO_EPOCH = -1;

  private final OffsetStore offsets;
  private final String group;
  private final boolean stableOnly;

  /**
   * @param stableOnly whether offsets that an open transaction may change are refused (KIP-447)
   */
  OffsetFetches(OffsetStore offsets, String group, boolean stableOnly) {
    this.offsets = offsets;
    this.group = group;
    this.stableOnly = stableOnly;
  }

  /** Answers one group of a request; without topics, all of them. */
  OffsetFetchResponseGroup fetch(@Nullable List<OffsetFetchRequestTopics> asked) {
    return OffsetFetchResponseGroup.builder()
        .groupId(group)
        .topics(asked == null ? all() : some(asked))
        .build();
  }

  /** Answers one group of a request, if whoever asks may know. */
  static OffsetFetchResponseGroup answer(
      GroupMachine machine, OffsetFetchRequestGroup request, boolean stableOnly) {
    String groupId = request.groupId();
    StreamsGroup streams = machine.streams().find(groupId);
    ErrorCode error =
        streams == null
            ? check(machine.consumers().find(groupId), request)
            : check(streams, request);
    return error == ErrorCode.NONE
        ? new OffsetFetches(machine.offsets(), groupId, stableOnly).fetch(request.topics())
        : failed(groupId, error);
  }

  /** A member of the consumer protocol that says who it is must be up to date (KIP-848). */
  private static ErrorCode check(@Nullable ConsumerGroup group, OffsetFetchRequestGroup request) {
    String memberId = request.memberId();
    if (group == null || (memberId == null && request.memberEpoch() < 0)) {
      return ErrorCode.NONE;
    }
    ConsumerMember member = memberId == null ? null : group.member(memberId);
    if (member == null) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    if (member.position().epoch() == request.memberEpoch()) {
      return ErrorCode.NONE;
    }
    return member.isClassic() ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
  }

  /** The same for a member of a streams group (KIP-1071). */
  private static ErrorCode check(StreamsGroup group, OffsetFetchRequestGroup request) {
    String memberId = request.memberId();
    if (memberId == null && request.memberEpoch() < 0) {
      return ErrorCode.NONE;
    }
    StreamsMember member = memberId == null ? null : group.member(memberId);
    if (member == null) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    return member.position().epoch() == request.memberEpoch()
        ? ErrorCode.NONE
        : ErrorCode.STALE_MEMBER_EPOCH;
  }

  static OffsetFetchResponseGroup failed(String group, ErrorCode error) {
    return OffsetFetchResponseGroup.builder().groupId(group).errorCode(error).build();
  }

  private List<OffsetFetchResponseTopics> some(List<OffsetFetchRequestTopics> asked) {
    List<OffsetFetchResponseTopics> topics = new ArrayList<>(asked.size());
    for (OffsetFetchRequestTopics topic : asked) {
      List<OffsetFetchResponsePartitions> partitions =
          new ArrayList<>(topic.partitionIndexes().size());
      for (int partition : topic.partitionIndexes()) {
        CommittedOffset offset = offsets.find(group, topic.name(), partition);
        boolean usable = offset != null && !offset.isOfOtherTopic(topic.topicId());
        partitions.add(partition(topic.name(), partition, usable ? offset : null));
      }
      topics.add(topic(topic.name(), topic.topicId(), partitions));
    }
    return topics;
  }

  private List<OffsetFetchResponseTopics> all() {
    List<OffsetFetchResponseTopics> topics = new ArrayList<>();
    offsets
        .topics(group)
        .forEach((topic, committed) -> {
          List<OffsetFetchResponsePartitions> partitions = new ArrayList<>(committed.size());
          Uuid[] topicId = {Uuid.ZERO};
          committed.forEach((partition, offset) -> {
            partitions.add(partition(topic, partition, offset));
            topicId[0] = offset.value().topicId();
          });
          topics.add(topic(topic, topicId[0], partitions));
        });
    return topics;
  }

  private static OffsetFetchResponseTopics topic(
      String name, Uuid topicId, List<OffsetFetchResponsePartitions> partitions) {
    return OffsetFetchResponseTopics.builder()
        .name(name)
        .topicId(topicId)
        .partitions(partitions)
        .build();
  }

  private OffsetFetchResponsePartitions partition(
      String topic, int partition, @Nullable CommittedOffset offset) {
    OffsetFetchResponsePartitions.Builder answer =
        OffsetFetchResponsePartitions.builder()
            .partitionIndex(partition)
            .committedOffset(NO_OFFSET)
            .committedLeaderEpoch(NO_EPOCH)
            .metadata("");
    if (stableOnly && offsets.isPending(group, topic, partition)) {
      return answer.errorCode(ErrorCode.UNSTABLE_OFFSET_COMMIT).build();
    }
    if (offset != null) {
      OffsetCommitValue value = offset.value();
      answer
          .committedOffset(value.offset())
          .committedLeaderEpoch(value.leaderEpoch())
          .metadata(value.metadata());
    }
    return answer.build();
  }
}
