package dev.millrace.coordinator.group;

import dev.millrace.coordinator.record.StreamsGroupMemberMetadataValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicConfig;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicInfo;
import dev.millrace.coordinator.streams.Assigned;
import dev.millrace.coordinator.streams.InternalTopic;
import dev.millrace.coordinator.streams.Layout;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.coordinator.streams.StreamsMember;
import dev.millrace.coordinator.streams.Tasks;
import dev.millrace.coordinator.streams.Topology;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.StreamsGroupDescribeResponse;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.Assignment;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.Endpoint;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.KeyValue;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.Member;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.Subtopology;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.TaskIds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** StreamsGroupDescribe: streams groups as tools see them. */
final class StreamsViews {
  private static final String ASSIGNOR = "sticky";

  private StreamsViews() {}

  /** A group and its members; {@link ErrorCode#GROUP_ID_NOT_FOUND} without one. */
  static DescribedGroup describe(String groupId, GroupMachine machine) {
    StreamsGroup group = machine.streams().find(groupId);
    if (group == null) {
      boolean isOther =
          machine.find(groupId) != null
              || machine.consumers().find(groupId) != null
              || machine.shares().find(groupId) != null;
      return DescribedGroup.builder()
          .groupId(groupId)
          .errorCode(ErrorCode.GROUP_ID_NOT_FOUND)
          // tools show this text, and Apache's tests compare it
          .errorMessage("Group " + groupId + (isOther ? " is not a streams group." : " not found."))
          .build();
    }
    List<Member> members = new ArrayList<>(group.members().size());
    for (StreamsMember member : new TreeMap<>(group.members()).values()) {
      members.add(member(group, member));
    }
    return DescribedGroup.builder()
        .groupId(groupId)
        .groupState(group.state())
        .groupEpoch(group.epochs().group())
        .assignmentEpoch(group.epochs().assignment())
        .topology(topology(group.topology(), machine.streams().layout(group)))
        .members(members)
        .assignorName(ASSIGNOR)
        .build();
  }

  static DescribedGroup undescribed(String groupId, ErrorCode error) {
    return DescribedGroup.builder().groupId(groupId).errorCode(error).build();
  }

  /** The numbers of partitions of internal topics are shown once everything is there. */
  private static StreamsGroupDescribeResponse.@Nullable Topology topology(
      @Nullable Topology topology, @Nullable Layout layout) {
    if (topology == null) {
      return null;
    }
    Layout known = layout != null && layout.isReady() ? layout : null;
    List<Subtopology> subtopologies = new ArrayList<>();
    for (StreamsGroupTopologyValue.Subtopology each : topology.subtopologies().values()) {
      subtopologies.add(
          Subtopology.builder()
              .subtopologyId(each.subtopologyId())
              .sourceTopics(each.sourceTopics().stream().sorted().toList())
              .repartitionSinkTopics(each.repartitionSinkTopics().stream().sorted().toList())
              .stateChangelogTopics(topics(each.stateChangelogTopics(), known))
              .repartitionSourceTopics(topics(each.repartitionSourceTopics(), known))
              .build());
    }
    return new StreamsGroupDescribeResponse.Topology(topology.epoch(), subtopologies);
  }

  private static List<StreamsGroupDescribeResponse.TopicInfo> topics(
      List<TopicInfo> topics, @Nullable Layout layout) {
    List<StreamsGroupDescribeResponse.TopicInfo> infos = new ArrayList<>();
    topics.stream()
        .sorted(Comparator.comparing(TopicInfo::name))
        .forEach(topic -> {
          InternalTopic decided = layout == null ? null : layout.internal().get(topic.name());
          infos.add(
              new StreamsGroupDescribeResponse.TopicInfo(
                  topic.name(),
                  decided == null ? topic.partitions() : decided.partitions(),
                  topic.replicationFactor(),
                  topic.topicConfigs().stream()
                      .sorted(Comparator.comparing(TopicConfig::key))
                      .map(config -> new KeyValue(config.key(), config.value()))
                      .toList()));
        });
    return infos;
  }

  private static Member member(StreamsGroup group, StreamsMember member) {
    StreamsGroupMemberMetadataValue profile = member.profile();
    StreamsGroupMemberMetadataValue.Endpoint endpoint = profile.userEndpoint();
    return Member.builder()
        .memberId(member.id())
        .memberEpoch(member.position().epoch())
        .instanceId(profile.instanceId())
        .rackId(profile.rackId())
        .clientId(profile.clientId())
        .clientHost(profile.clientHost())
        .topologyEpoch(profile.topologyEpoch())
        .processId(profile.processId())
        .userEndpoint(endpoint == null ? null : new Endpoint(endpoint.host(), endpoint.port()))
        .clientTags(
            profile.clientTags().stream().map(tag -> new KeyValue(tag.key(), tag.value())).toList())
        .assignment(assignment(member.position().assigned()))
        .targetAssignment(assignment(group.target(member.id())))
        .build();
  }

  private static Assignment assignment(Assigned assigned) {
    return new Assignment(
        list(assigned.active()), list(assigned.standby()), list(assigned.warmup()));
  }

  private static List<TaskIds> list(Tasks tasks) {
    List<TaskIds> ids = new ArrayList<>();
    for (String subtopology : tasks.subtopologies()) {
      ids.add(new TaskIds(subtopology, List.copyOf(tasks.of(subtopology))));
    }
    return ids;
  }
}
