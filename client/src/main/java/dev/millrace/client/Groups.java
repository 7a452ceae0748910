package dev.millrace.client;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ConsumerProtocolAssignment;
import dev.millrace.wire.message.DeleteGroupsRequest;
import dev.millrace.wire.message.DeleteGroupsResponse;
import dev.millrace.wire.message.DeleteGroupsResponse.DeletableGroupResult;
import dev.millrace.wire.message.DescribeGroupsRequest;
import dev.millrace.wire.message.DescribeGroupsResponse;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroupMember;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import dev.millrace.wire.message.ListGroupsRequest;
import dev.millrace.wire.message.ListGroupsResponse;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchResponse;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Looks at consumer groups and their offsets, and deletes them. */
public final class Groups {
  private static final int FIND_BATCHED = 4;
  private static final int OFFSETS_BY_GROUP = 8;
  private static final int OFFSETS_BY_NAME = 9;
  private static final int DESCRIBE_BY_STATE = 5;
  private static final String CONSUMER = "consumer";
  private static final String DEAD = "Dead";

  private final Cluster cluster;

  public Groups(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * A group in a list.
   *
   * @param state {@code Stable}, {@code Empty} … or empty when an old node does not say
   */
  public record Listed(String group, String protocolType, String state, int coordinator) {}

  /** A member of a group and the partitions it owns. */
  public record Member(
      String id, String instanceId, String client, String host, List<TopicPartition> owned) {}

  /**
   * A group and who is in it.
   *
   * @param type {@code classic}, {@code consumer} or {@code streams}
   * @param protocol name of the assignor; empty while there is none
   */
  public record Described(
      String group, String type, String state, String protocol, List<Member> members) {}

  /** All groups of all nodes, sorted by name. */
  public List<Listed> list() {
    List<Listed> groups = new ArrayList<>();
    for (int node : cluster.learn(List.of()).nodes().keySet()) {
      groups.addAll(cluster.patiently("list groups", () -> listOf(node)));
    }
    groups.sort(Comparator.comparing(Listed::group));
    return groups;
  }

  /** Describes a group of any protocol; one that is not there is in state {@code Dead}. */
  public Described describe(String group) {
    Described classic = describeClassic(group);
    return DEAD.equals(classic.state()) ? describeNewer(group).orElse(classic) : classic;
  }

  private Described describeClassic(String group) {
    DescribeGroupsRequest request = DescribeGroupsRequest.builder().groups(List.of(group)).build();
    return cluster.patiently(
        "describe group " + group,
        () -> {
          DescribeGroupsResponse answer =
              cluster.call(
                  coordinator(group), request, DESCRIBE_BY_STATE, DescribeGroupsResponse::read);
          DescribedGroup found = Topics.only(answer.groups(), "DescribeGroups");
          Topics.check(found.errorCode(), "describe group " + group, found.errorMessage());
          return described(found);
        });
  }

  /** Each protocol has a call of its own, which knows nothing of groups of the others. */
  private Optional<Described> describeNewer(String group) {
    return ifThere(() -> described(new ConsumerGroups(cluster).describe(group)))
        .or(() -> ifThere(() -> described(new StreamsGroups(cluster).describe(group))));
  }

  private static Optional<Described> ifThere(Supplier<Described> call) {
    try {
      return Optional.of(call.get());
    } catch (ClientException e) {
      if (e.mayPass()) {
        throw e;
      }
      return Optional.empty(); // no such group, or a node that does not know this protocol
    }
  }

  private static Described described(ConsumerGroups.Described found) {
    List<Member> members =
        found.members().stream()
            .map(member ->
                new Member(
                    member.id(),
                    Objects.requireNonNullElse(member.instanceId(), ""),
                    member.client(),
                    member.host(),
                    member.owned()))
            .toList();
    return new Described(found.group(), CONSUMER, found.state(), found.assignor(), members);
  }

  private static Described described(StreamsGroups.Described found) {
    List<Member> members =
        found.members().stream()
            .map(member ->
                new Member(member.id(), "", member.client(), member.host(), member.owned()))
            .toList();
    return new Described(found.group(), "streams", found.state(), "", members);
  }

  /** Committed offsets of a group, by partition; empty when there are none. */
  public Map<TopicPartition, Long> committed(String group) {
    return cluster.patiently("offsets of group " + group, () -> askCommitted(group));
  }

  /**
   * Sets committed offsets.
   *
   * @throws ClientException when the group has members: they would not notice
   */
  public void commit(String group, Map<TopicPartition, Long> offsets) {
    Map<String, List<OffsetCommitRequestPartition>> topics = new TreeMap<>();
    offsets.forEach((partition, offset) ->
        topics
            .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
            .add(
                OffsetCommitRequestPartition.builder()
                    .partitionIndex(partition.partition())
                    .committedOffset(offset)
                    .committedMetadata("")
                    .build()));
    List<OffsetCommitRequestTopic> list = new ArrayList<>();
    topics.forEach((name, parts) ->
        list.add(OffsetCommitRequestTopic.builder().name(name).partitions(parts).build()));
    OffsetCommitRequest request =
        OffsetCommitRequest.builder()
            .groupId(group)
            .generationIdOrMemberEpoch(-1)
            .memberId("")
            .topics(list)
            .build();
    cluster.patiently("offsets of group " + group, () -> commit(group, request));
  }

  private OffsetCommitResponse commit(String group, OffsetCommitRequest request) {
    OffsetCommitResponse answer =
        cluster.call(coordinator(group), request, OFFSETS_BY_NAME, OffsetCommitResponse::read);
    answer
        .topics()
        .forEach(topic ->
            topic
                .partitions()
                .forEach(part ->
                    Topics.check(
                        part.errorCode(),
                        "offset of group "
                            + group
                            + " in "
                            + topic.name()
                            + "-"
                            + part.partitionIndex(),
                        part.errorCode() == ErrorCode.UNKNOWN_MEMBER_ID.code()
                            ? "stop its members first"
                            : null)));
    return answer;
  }

  /** Deletes an empty group and its offsets. */
  public void delete(String group) {
    DeleteGroupsRequest request = DeleteGroupsRequest.builder().groupsNames(List.of(group)).build();
    cluster.patiently(
        "delete group " + group,
        () -> {
          DeleteGroupsResponse answer =
              cluster.call(
                  coordinator(group), request, Short.MAX_VALUE, DeleteGroupsResponse::read);
          DeletableGroupResult result = Topics.only(answer.results(), "DeleteGroups");
          Topics.check(result.errorCode(), "delete group " + group, result.errorMessage());
          return result;
        });
  }

  /** Node id of the group's coordinator. */
  public int coordinator(String group) {
    FindCoordinatorResponse answer =
        cluster.call(
            ApiKey.FIND_COORDINATOR,
            FIND_BATCHED,
            version -> finding(group, version),
            FindCoordinatorResponse::read);
    if (answer.coordinators().isEmpty()) {
      Topics.check(answer.errorCode(), "coordinator of group " + group, answer.errorMessage());
      return answer.nodeId();
    }
    Coordinator found = Topics.only(answer.coordinators(), "FindCoordinator");
    Topics.check(found.errorCode(), "coordinator of group " + group, found.errorMessage());
    return found.nodeId();
  }

  private static Request finding(String group, int version) {
    return version >= FIND_BATCHED
        ? FindCoordinatorRequest.builder().coordinatorKeys(List.of(group)).build()
        : FindCoordinatorRequest.builder().key(group).build();
  }

  private List<Listed> listOf(int node) {
    ListGroupsResponse answer =
        cluster.call(node, ListGroupsRequest.DEFAULT, Short.MAX_VALUE, ListGroupsResponse::read);
    Topics.check(answer.errorCode(), "list groups", null);
    List<Listed> groups = new ArrayList<>();
    answer
        .groups()
        .forEach(found ->
            groups.add(
                new Listed(found.groupId(), found.protocolType(), found.groupState(), node)));
    return groups;
  }

  private static Described described(DescribedGroup group) {
    List<Member> members = new ArrayList<>();
    for (DescribedGroupMember member : group.members()) {
      String instanceId = member.groupInstanceId();
      members.add(
          new Member(
              member.memberId(),
              instanceId == null ? "" : instanceId,
              member.clientId(),
              member.clientHost(),
              CONSUMER.equals(group.protocolType())
                  ? owned(member.memberAssignment())
                  : List.of()));
    }
    members.sort(Comparator.comparing(Member::id));
    return new Described(
        group.groupId(), "classic", group.groupState(), group.protocolData(), List.copyOf(members));
  }

  /** The partitions in an assignment of the consumer protocol; none when it is no such thing. */
  private static List<TopicPartition> owned(Bytes assignment) {
    List<TopicPartition> owned = new ArrayList<>();
    ByteBuffer bytes = assignment.buffer();
    if (bytes.remaining() < Short.BYTES) {
      return owned;
    }
    try {
      short version = bytes.getShort();
      short highest = ConsumerProtocolAssignment.DEFAULT.highestVersion();
      short readable = version > highest ? highest : version;
      ConsumerProtocolAssignment.read(new WireReader(bytes), readable)
          .assignedPartitions()
          .forEach(topic ->
              topic
                  .partitions()
                  .forEach(index -> owned.add(new TopicPartition(topic.topic(), index))));
    } catch (WireException e) {
      return List.of();
    }
    owned.sort(null);
    return owned;
  }

  private Map<TopicPartition, Long> askCommitted(String group) {
    int coordinator = coordinator(group);
    OffsetFetchResponse answer =
        cluster.call(
            coordinator,
            ApiKey.OFFSET_FETCH,
            OFFSETS_BY_NAME,
            version -> askingCommitted(group, version),
            OffsetFetchResponse::read);
    Map<TopicPartition, Long> committed = new TreeMap<>();
    if (!answer.groups().isEmpty()) {
      OffsetFetchResponseGroup found = Topics.only(answer.groups(), "OffsetFetch");
      Topics.check(found.errorCode(), "offsets of group " + group, null);
      for (OffsetFetchResponseTopics topic : found.topics()) {
        for (OffsetFetchResponsePartitions part : topic.partitions()) {
          keep(committed, topic.name(), part.partitionIndex(), part.committedOffset());
        }
      }
      return committed;
    }
    Topics.check(answer.errorCode(), "offsets of group " + group, null);
    for (OffsetFetchResponseTopic topic : answer.topics()) {
      for (OffsetFetchResponsePartition part : topic.partitions()) {
        keep(committed, topic.name(), part.partitionIndex(), part.committedOffset());
      }
    }
    return committed;
  }

  private static void keep(
      Map<TopicPartition, Long> committed, String topic, int partition, long offset) {
    if (offset >= 0) {
      committed.put(new TopicPartition(topic, partition), offset);
    }
  }

  private static Request askingCommitted(String group, int version) {
    return version >= OFFSETS_BY_GROUP
        ? OffsetFetchRequest.builder()
            .groups(List.of(OffsetFetchRequestGroup.builder().groupId(group).topics(null).build()))
            .build()
        : OffsetFetchRequest.builder().groupId(group).topics(null).build();
  }
}
