package dev.millrace.coordinator.group;

import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.OffsetDeleteRequest;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.millrace.wire.message.OffsetDeleteResponse;
import dev.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import dev.millrace.wire.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** OffsetDelete: offsets of topics that nobody in the group reads (KIP-496). */
final class OffsetDeletes implements Command<GroupMachine> {
  private final OffsetDeleteRequest request;
  private final Answer<OffsetDeleteResponse> answer;

  OffsetDeletes(OffsetDeleteRequest request, Answer<OffsetDeleteResponse> answer) {
    this.request = request;
    this.answer = answer;
  }

  @Override
  public Decision decide(GroupMachine machine) {
    ClassicGroup group = machine.find(request.groupId());
    ConsumerGroup consumers = machine.consumers().find(request.groupId());
    StreamsGroup streams = machine.streams().find(request.groupId());
    if (group == null && consumers == null && streams == null) {
      refuse(ErrorCode.GROUP_ID_NOT_FOUND);
      return Decision.NOTHING;
    }
    if (group != null && !group.in(GroupState.EMPTY) && !group.usesConsumerProtocol()) {
      refuse(ErrorCode.NON_EMPTY_GROUP);
      return Decision.NOTHING;
    }
    Predicate<String> subscribed =
        topic ->
            (group != null && group.isSubscribed(topic))
                || (consumers != null && consumers.isSubscribed(topic))
                || (streams != null && streams.isSubscribed(topic));
    OffsetDeleteResponse response = response(subscribed);
    List<KeyValue> records = tombstones(machine.offsets(), subscribed);
    if (records.isEmpty()) {
      answer.give(response);
      return Decision.NOTHING;
    }
    return Decision.write(
        records,
        error -> {
          if (error == ErrorCode.NONE) {
            answer.give(response);
          } else {
            refuse(error);
          }
        });
  }

  @Override
  public void refuse(ErrorCode error) {
    answer.give(OffsetDeleteResponse.builder().errorCode(error).build());
  }

  @Override
  public boolean alone() {
    return true;
  }

  private List<KeyValue> tombstones(OffsetStore offsets, Predicate<String> subscribed) {
    String groupId = request.groupId();
    List<KeyValue> records = new ArrayList<>();
    for (OffsetDeleteRequestTopic topic : request.topics()) {
      if (!subscribed.test(topic.name())) {
        for (OffsetDeleteRequestPartition each : topic.partitions()) {
          int partition = each.partitionIndex();
          if (offsets.find(groupId, topic.name(), partition) != null
              || offsets.isPending(groupId, topic.name(), partition)) {
            records.add(GroupRecords.offsetGone(groupId, topic.name(), partition));
          }
        }
      }
    }
    return records;
  }

  private OffsetDeleteResponse response(Predicate<String> subscribed) {
    List<OffsetDeleteResponseTopic> topics = new ArrayList<>(request.topics().size());
    for (OffsetDeleteRequestTopic topic : request.topics()) {
      ErrorCode error =
          subscribed.test(topic.name()) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
      List<OffsetDeleteResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
      for (OffsetDeleteRequestPartition partition : topic.partitions()) {
        partitions.add(
            OffsetDeleteResponsePartition.builder()
                .partitionIndex(partition.partitionIndex())
                .errorCode(error)
                .build());
      }
      topics.add(
          OffsetDeleteResponseTopic.builder().name(topic.name()).partitions(partitions).build());
    }
    return OffsetDeleteResponse.builder().topics(topics).build();
  }
}
