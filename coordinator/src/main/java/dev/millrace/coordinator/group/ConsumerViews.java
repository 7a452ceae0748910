package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.consumer.ConsumerMember;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse.Assignment;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse.Member;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse.TopicPartitions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** ConsumerGroupDescribe: groups of the consumer protocol as tools see them. */
final class ConsumerViews {
  private static final byte CLASSIC = 0;
  private static final byte CONSUMER = 1;

  private ConsumerViews() {}

  /** A group and its members; {@link ErrorCode#GROUP_ID_NOT_FOUND} without one. */
  static DescribedGroup describe(String groupId, GroupMachine machine) {
    ConsumerGroup group = machine.consumers().find(groupId);
    ConsumerSettings settings = machine.consumers().settings(groupId);
    TopicCatalog topics = machine.consumers().topics();
    if (group == null) {
      boolean isOther =
          machine.find(groupId) != null
              || machine.shares().find(groupId) != null
              || machine.streams().find(groupId) != null;
      return DescribedGroup.builder()
          .groupId(groupId)
          .errorCode(ErrorCode.GROUP_ID_NOT_FOUND)
          // tools show this text, and Apache's tests compare it
          .errorMessage(
              "Group " + groupId + (isOther ? " is not a consumer group." : " not found."))
          .build();
    }
    String assignor = group.preferredAssignor();
    List<Member> members = new ArrayList<>(group.members().size());
    for (ConsumerMember member : group.members().values()) {
      members.add(member(group, member, topics));
    }
    // no order is promised; this is the one that lists written against Kafka expect
    members.sort(Comparator.comparing(Member::memberId).reversed());
    return DescribedGroup.builder()
        .groupId(groupId)
        .groupState(group.state())
        .groupEpoch(group.epochs().group())
        .assignmentEpoch(group.epochs().assignment())
        .assignorName(assignor == null ? settings.assignors().getFirst().name() : assignor)
        .members(members)
        .build();
  }

  static DescribedGroup undescribed(String groupId, ErrorCode error) {
    return DescribedGroup.builder().groupId(groupId).errorCode(error).build();
  }

  private static Member member(ConsumerGroup group, ConsumerMember member, TopicCatalog topics) {
    return Member.builder()
        .memberId(member.id())
        .instanceId(member.instanceId())
        .rackId(member.profile().rackId())
        .memberEpoch(member.position().epoch())
        .clientId(member.profile().clientId())
        .clientHost(member.profile().clientHost())
        .subscribedTopicNames(member.profile().subscribedTopicNames())
        .subscribedTopicRegex(member.regex())
        .assignment(assignment(member.position().held(), topics))
        .targetAssignment(assignment(group.target(member.id()), topics))
        .memberType(member.isClassic() ? CLASSIC : CONSUMER)
        .build();
  }

  /** Topics that are gone have no name and are left out. */
  private static Assignment assignment(Partitions partitions, TopicCatalog topics) {
    List<TopicPartitions> assigned = new ArrayList<>();
    for (Uuid id : partitions.topics()) {
      TopicCatalog.Topic topic = topics.find(id);
      if (topic != null) {
        assigned.add(
            TopicPartitions.builder()
                .topicId(id)
                .topicName(topic.name())
                .partitions(List.copyOf(partitions.of(id)))
                .build());
      }
    }
    return Assignment.builder().topicPartitions(assigned).build();
  }
}
