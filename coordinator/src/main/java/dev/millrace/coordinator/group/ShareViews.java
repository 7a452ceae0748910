package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.sharegroup.ShareMember;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ShareGroupDescribeResponse.Assignment;
import dev.millrace.wire.message.ShareGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.ShareGroupDescribeResponse.Member;
import dev.millrace.wire.message.ShareGroupDescribeResponse.TopicPartitions;
import java.util.ArrayList;
import java.util.List;

/** ShareGroupDescribe: share groups as tools see them. */
final class ShareViews {
  private static final String ASSIGNOR = "simple";

  private ShareViews() {}

  /** A group and its members; {@link ErrorCode#GROUP_ID_NOT_FOUND} without one. */
  static DescribedGroup describe(String groupId, GroupMachine machine, TopicCatalog topics) {
    ShareGroup group = machine.shares().find(groupId);
    if (group == null) {
      boolean isOther =
          machine.find(groupId) != null
              || machine.consumers().find(groupId) != null
              || machine.streams().find(groupId) != null;
      return DescribedGroup.builder()
          .groupId(groupId)
          .errorCode(ErrorCode.GROUP_ID_NOT_FOUND)
          // tools show this text, and Apache's tests compare it
          .errorMessage("Group " + groupId + (isOther ? " is not a share group." : " not found."))
          .build();
    }
    List<Member> members = new ArrayList<>(group.members().size());
    for (ShareMember member : group.members().values()) {
      members.add(member(member, topics));
    }
    return DescribedGroup.builder()
        .groupId(groupId)
        .groupState(group.state())
        .groupEpoch(group.epochs().group())
        .assignmentEpoch(group.epochs().assignment())
        .assignorName(ASSIGNOR)
        .members(members)
        .build();
  }

  static DescribedGroup undescribed(String groupId, ErrorCode error) {
    return DescribedGroup.builder().groupId(groupId).errorCode(error).build();
  }

  private static Member member(ShareMember member, TopicCatalog topics) {
    return Member.builder()
        .memberId(member.id())
        .rackId(member.profile().rackId())
        .memberEpoch(member.epoch())
        .clientId(member.profile().clientId())
        .clientHost(member.profile().clientHost())
        .subscribedTopicNames(member.profile().subscribedTopicNames())
        .assignment(assignment(member.assigned(), topics))
        .build();
  }

  /** Topics that are gone have no name and are left out. */
  private static Assignment assignment(Partitions partitions, TopicCatalog topics) {
    List<TopicPartitions> assigned = new ArrayList<>();
    for (Uuid id : partitions.topics()) {
      TopicCatalog.Topic topic = topics.find(id);
      if (topic != null) {
        assigned.add(new TopicPartitions(id, topic.name(), List.copyOf(partitions.of(id))));
      }
    }
    return new Assignment(assigned);
  }
}
