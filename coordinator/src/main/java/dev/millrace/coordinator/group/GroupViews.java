package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.consumer.ConsumerGroup;
import dev.millrace.coordinator.sharegroup.ShareGroup;
import dev.millrace.coordinator.streams.StreamsGroup;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroupMember;
import dev.millrace.wire.message.ListGroupsResponse.ListedGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** ListGroups and DescribeGroups: groups as tools see them. */
final class GroupViews {
  private static final String CLASSIC = "classic";
  private static final String CONSUMER = "consumer";
  private static final String SHARE = "share";
  private static final String STREAMS = "streams";

  private GroupViews() {}

  /**
   * The groups in one of {@code states} and of one of {@code types}; empty filters let all pass.
   */
  static List<ListedGroup> list(GroupMachine machine, List<String> states, List<String> types) {
    Set<String> wantedStates = lowerCase(states);
    Set<String> wantedTypes = lowerCase(types);
    List<ListedGroup> listed = new ArrayList<>();
    if (wantedTypes.isEmpty() || wantedTypes.contains(CLASSIC)) {
      machine.groups().stream()
          .filter(machine::isThere)
          .forEach(group -> listed.add(listed(group)));
    }
    if (wantedTypes.isEmpty() || wantedTypes.contains(CONSUMER)) {
      machine.consumers().all().forEach(group -> listed.add(listed(group)));
    }
    if (wantedTypes.isEmpty() || wantedTypes.contains(SHARE)) {
      machine.shares().all().forEach(group -> listed.add(listed(group)));
    }
    if (wantedTypes.isEmpty() || wantedTypes.contains(STREAMS)) {
      machine.streams().all().forEach(group -> listed.add(listed(group)));
    }
    if (!wantedStates.isEmpty()) {
      listed.removeIf(group -> !isIn(wantedStates, group.groupState()));
    }
    // no order is promised; this is the one that lists written against Kafka expect
    listed.sort(Comparator.comparing(ListedGroup::groupId).reversed());
    return listed;
  }

  /** Tools write NotReady in two ways. */
  private static boolean isIn(Set<String> states, String state) {
    return states.contains(state.toLowerCase(Locale.ROOT))
        || (state.equals("NotReady") && states.contains("not_ready"));
  }

  private static ListedGroup listed(ClassicGroup group) {
    return ListedGroup.builder()
        .groupId(group.id())
        .protocolType(typeOf(group))
        .groupState(group.state().toString())
        .groupType(CLASSIC)
        .build();
  }

  private static ListedGroup listed(ShareGroup group) {
    return ListedGroup.builder()
        .groupId(group.id())
        .protocolType(SHARE)
        .groupState(group.state())
        .groupType(SHARE)
        .build();
  }

  private static ListedGroup listed(StreamsGroup group) {
    return ListedGroup.builder()
        .groupId(group.id())
        .protocolType(STREAMS)
        .groupState(group.state())
        .groupType(STREAMS)
        .build();
  }

  private static ListedGroup listed(ConsumerGroup group) {
    return ListedGroup.builder()
        .groupId(group.id())
        .protocolType(ClassicGroup.CONSUMER)
        .groupState(group.state())
        .groupType(CONSUMER)
        .build();
  }

  /** A group and its members; {@link ErrorCode#GROUP_ID_NOT_FOUND} and state Dead without one. */
  static DescribedGroup describe(String groupId, GroupMachine machine) {
    ClassicGroup group = machine.find(groupId);
    if (group == null) {
      // of a consumer group the older API knows nothing, in Kafka's words
      return DescribedGroup.builder()
          .groupId(groupId)
          .groupState(GroupState.DEAD.toString())
          .errorCode(ErrorCode.GROUP_ID_NOT_FOUND)
          // tools show this text, and Apache's tests compare it
          .errorMessage(
              machine.consumers().find(groupId) == null
                      && machine.shares().find(groupId) == null
                      && machine.streams().find(groupId) == null
                  ? "Group " + groupId + " not found."
                  : "Group " + groupId + " is not a classic group.")
          .build();
    }
    boolean stable = group.in(GroupState.STABLE);
    String protocol = group.protocol();
    List<DescribedGroupMember> members = new ArrayList<>(group.size());
    for (Member member : group.members()) {
      members.add(
          DescribedGroupMember.builder()
              .memberId(member.id())
              .groupInstanceId(member.instanceId())
              .clientId(member.profile().client().clientId())
              .clientHost(member.profile().client().host())
              .memberMetadata(stable ? group.metadata(member) : Bytes.EMPTY)
              .memberAssignment(member.assignment())
              .build());
    }
    return DescribedGroup.builder()
        .groupId(groupId)
        .groupState(group.state().toString())
        .protocolType(typeOf(group))
        .protocolData(stable && protocol != null ? protocol : "")
        .members(members)
        .build();
  }

  static DescribedGroup undescribed(String groupId, ErrorCode error) {
    return DescribedGroup.builder().groupId(groupId).errorCode(error).build();
  }

  private static String typeOf(ClassicGroup group) {
    String type = group.protocolType();
    return type == null ? "" : type;
  }

  private static Set<String> lowerCase(List<String> filters) {
    return filters.stream()
        .map(filter -> filter.strip().toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }
}
