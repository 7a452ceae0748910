package dev.millrace.client;

import dev.millrace.wire.message.ConsumerGroupDescribeRequest;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse;
import dev.millrace.wire.message.ConsumerGroupDescribeResponse.Assignment;
import dev.millrace.wire.message.OffsetDeleteRequest;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.millrace.wire.message.OffsetDeleteResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at groups of the consumer protocol (KIP-848), and deletes offsets of groups of both
 * protocols. Blocks; throws {@link ClientException}.
 */
public final class ConsumerGroups {
  private final Cluster cluster;
  private final Groups groups;

  public ConsumerGroups(Cluster cluster) {
    this.cluster = cluster;
    this.groups = new Groups(cluster);
  }

  /**
   * A member.
   *
   * @param pattern it subscribed to, null without one
   * @param owned partitions that it has
   * @param target partitions that it is to have
   */
  public record Member(
      String id,
      @Nullable String instanceId,
      String client,
      String host,
      int epoch,
      List<String> topics,
      @Nullable String pattern,
      List<TopicPartition> owned,
      List<TopicPartition> target) {}

  /** A group and who is in it. */
  public record Described(
      String group,
      String state,
      int epoch,
      int assignmentEpoch,
      String assignor,
      List<Member> members) {}

  /**
   * A group of this protocol; waits for a coordinator that loads.
   *
   * @throws ClientException when there is no such group, or it speaks another protocol: {@link
   *     Groups#describe} takes any
   */
  public Described describe(String group) {
    ConsumerGroupDescribeRequest request =
        ConsumerGroupDescribeRequest.builder().groupIds(List.of(group)).build();
    return cluster.patiently(
        "describe group " + group,
        () -> {
          ConsumerGroupDescribeResponse answer =
              cluster.call(
                  groups.coordinator(group),
                  request,
                  Short.MAX_VALUE,
                  ConsumerGroupDescribeResponse::read);
          var found = Topics.only(answer.groups(), "ConsumerGroupDescribe");
          Topics.check(found.errorCode(), "describe group " + group, found.errorMessage());
          List<Member> members = new ArrayList<>();
          for (var member : found.members()) {
            members.add(
                new Member(
                    member.memberId(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.memberEpoch(),
                    member.subscribedTopicNames(),
                    member.subscribedTopicRegex(),
                    partitions(member.assignment()),
                    partitions(member.targetAssignment())));
          }
          members.sort(Comparator.comparing(Member::id));
          return new Described(
              group,
              found.groupState(),
              found.groupEpoch(),
              found.assignmentEpoch(),
              found.assignorName(),
              members);
        });
  }

  private static List<TopicPartition> partitions(Assignment assignment) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (var topic : assignment.topicPartitions()) {
      topic
          .partitions()
          .forEach(index -> partitions.add(new TopicPartition(topic.topicName(), index)));
    }
    partitions.sort(null);
    return List.copyOf(partitions);
  }

  /**
   * Lets a group forget its offsets of partitions.
   *
   * @throws ClientException when members still read them
   */
  public void deleteOffsets(String group, Collection<TopicPartition> partitions) {
    List<OffsetDeleteRequestTopic> topics = new ArrayList<>();
    ByTopic.of(partitions)
        .forEach((name, indexes) ->
            topics.add(
                new OffsetDeleteRequestTopic(
                    name, indexes.stream().map(OffsetDeleteRequestPartition::new).toList())));
    String what = "offsets of group " + group;
    cluster.patiently(
        what,
        () -> {
          OffsetDeleteResponse answer =
              cluster.call(
                  groups.coordinator(group),
                  new OffsetDeleteRequest(group, topics),
                  Short.MAX_VALUE,
                  OffsetDeleteResponse::read);
          Topics.check(answer.errorCode(), what, null);
          for (var topic : answer.topics()) {
            for (var part : topic.partitions()) {
              Topics.check(
                  part.errorCode(),
                  what + " in " + topic.name() + "-" + part.partitionIndex(),
                  null);
            }
          }
          return answer;
        });
  }
}
