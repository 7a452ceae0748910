package dev.millrace.client;

import dev.millrace.wire.message.AlterShareGroupOffsetsRequest;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestPartition;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic;
import dev.millrace.wire.message.AlterShareGroupOffsetsResponse;
import dev.millrace.wire.message.DeleteShareGroupOffsetsRequest;
import dev.millrace.wire.message.DeleteShareGroupOffsetsRequest.DeleteShareGroupOffsetsRequestTopic;
import dev.millrace.wire.message.DeleteShareGroupOffsetsResponse;
import dev.millrace.wire.message.DescribeShareGroupOffsetsRequest;
import dev.millrace.wire.message.DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestGroup;
import dev.millrace.wire.message.DescribeShareGroupOffsetsResponse;
import dev.millrace.wire.message.ListGroupsRequest;
import dev.millrace.wire.message.ListGroupsResponse;
import dev.millrace.wire.message.ShareGroupDescribeRequest;
import dev.millrace.wire.message.ShareGroupDescribeResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks at share groups and sets where they go on (KIP-932). Blocks; throws {@link
 * ClientException}.
 */
public final class ShareGroups {
  private final Cluster cluster;
  private final Groups groups;

  public ShareGroups(Cluster cluster) {
    this.cluster = cluster;
    this.groups = new Groups(cluster);
  }

  /** A share group in a list. */
  public record Listed(String group, String state, int coordinator) {}

  /** A member and the partitions that it reads, perhaps with others. */
  public record Member(
      String id, String client, String host, int epoch, List<TopicPartition> partitions) {}

  /** A share group and who is in it. */
  public record Described(
      String group, String state, int epoch, String assignor, List<Member> members) {}

  /**
   * Where a group is in a partition.
   *
   * @param start first offset that is not done, -1 while the group has not begun there
   * @param lag records that are not done, -1 when that is not known
   */
  public record Progress(long start, long lag) {}

  /** All share groups, sorted by name. */
  public List<Listed> list() {
    ListGroupsRequest request = ListGroupsRequest.builder().typesFilter(List.of("share")).build();
    List<Listed> found = new ArrayList<>();
    for (int node : cluster.learn(List.of()).nodes().keySet()) {
      ListGroupsResponse answer =
          cluster.patiently(
              "list share groups",
              () -> {
                ListGroupsResponse said =
                    cluster.call(node, request, Short.MAX_VALUE, ListGroupsResponse::read);
                Topics.check(said.errorCode(), "list share groups", null);
                return said;
              });
      answer
          .groups()
          .forEach(group -> found.add(new Listed(group.groupId(), group.groupState(), node)));
    }
    found.sort(Comparator.comparing(Listed::group));
    return found;
  }

  /**
   * A share group; waits for a coordinator that loads.
   *
   * @throws ClientException when there is no such group, or it is of another kind
   */
  public Described describe(String group) {
    ShareGroupDescribeRequest request =
        ShareGroupDescribeRequest.builder().groupIds(List.of(group)).build();
    return cluster.patiently(
        "describe share group " + group,
        () -> {
          ShareGroupDescribeResponse answer =
              cluster.call(
                  groups.coordinator(group),
                  request,
                  Short.MAX_VALUE,
                  ShareGroupDescribeResponse::read);
          var found = Topics.only(answer.groups(), "ShareGroupDescribe");
          Topics.check(found.errorCode(), "describe share group " + group, found.errorMessage());
          List<Member> members = new ArrayList<>();
          for (var member : found.members()) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (var topic : member.assignment().topicPartitions()) {
              topic
                  .partitions()
                  .forEach(index -> partitions.add(new TopicPartition(topic.topicName(), index)));
            }
            members.add(
                new Member(
                    member.memberId(),
                    member.clientId(),
                    member.clientHost(),
                    member.memberEpoch(),
                    List.copyOf(partitions)));
          }
          members.sort(Comparator.comparing(Member::id));
          return new Described(
              group, found.groupState(), found.groupEpoch(), found.assignorName(), members);
        });
  }

  /** Where a group is, by partition. */
  public Map<TopicPartition, Progress> offsets(String group) {
    DescribeShareGroupOffsetsRequest request =
        new DescribeShareGroupOffsetsRequest(
            List.of(new DescribeShareGroupOffsetsRequestGroup(group, null)));
    return cluster.patiently(
        "offsets of share group " + group,
        () -> {
          DescribeShareGroupOffsetsResponse answer =
              cluster.call(
                  groups.coordinator(group),
                  request,
                  Short.MAX_VALUE,
                  DescribeShareGroupOffsetsResponse::read);
          var found = Topics.only(answer.groups(), "DescribeShareGroupOffsets");
          Topics.check(found.errorCode(), "offsets of share group " + group, found.errorMessage());
          Map<TopicPartition, Progress> progress = new TreeMap<>();
          for (var topic : found.topics()) {
            for (var part : topic.partitions()) {
              TopicPartition partition =
                  new TopicPartition(topic.topicName(), part.partitionIndex());
              Topics.check(part.errorCode(), "offset of " + partition, part.errorMessage());
              progress.put(partition, new Progress(part.startOffset(), part.lag()));
            }
          }
          return progress;
        });
  }

  /**
   * Sets where a group goes on.
   *
   * @throws ClientException when it has members: stop them first
   */
  public void alterOffsets(String group, Map<TopicPartition, Long> offsets) {
    Map<String, List<AlterShareGroupOffsetsRequestPartition>> topics = new TreeMap<>();
    new TreeMap<>(offsets)
        .forEach((partition, offset) ->
            topics
                .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
                .add(new AlterShareGroupOffsetsRequestPartition(partition.partition(), offset)));
    List<AlterShareGroupOffsetsRequestTopic> list = new ArrayList<>();
    topics.forEach((name, parts) -> list.add(new AlterShareGroupOffsetsRequestTopic(name, parts)));
    AlterShareGroupOffsetsRequest request = new AlterShareGroupOffsetsRequest(group, list);
    String what = "offsets of share group " + group;
    cluster.patiently(
        what,
        () -> {
          AlterShareGroupOffsetsResponse answer =
              cluster.call(
                  groups.coordinator(group),
                  request,
                  Short.MAX_VALUE,
                  AlterShareGroupOffsetsResponse::read);
          Topics.check(answer.errorCode(), what, answer.errorMessage());
          for (var topic : answer.responses()) {
            for (var part : topic.partitions()) {
              Topics.check(
                  part.errorCode(),
                  what + " in " + topic.topicName() + "-" + part.partitionIndex(),
                  part.errorMessage());
            }
          }
          return answer;
        });
  }

  /** Lets an empty group forget topics. */
  public void deleteOffsets(String group, Collection<String> topics) {
    DeleteShareGroupOffsetsRequest request =
        new DeleteShareGroupOffsetsRequest(
            group, topics.stream().map(DeleteShareGroupOffsetsRequestTopic::new).toList());
    String what = "offsets of share group " + group;
    cluster.patiently(
        what,
        () -> {
          DeleteShareGroupOffsetsResponse answer =
              cluster.call(
                  groups.coordinator(group),
                  request,
                  Short.MAX_VALUE,
                  DeleteShareGroupOffsetsResponse::read);
          Topics.check(answer.errorCode(), what, answer.errorMessage());
          for (var topic : answer.responses()) {
            Topics.check(
                topic.errorCode(), what + " in " + topic.topicName(), topic.errorMessage());
          }
          return answer;
        });
  }
}
