package dev.millrace.client;

import dev.millrace.wire.message.StreamsGroupDescribeRequest;
import dev.millrace.wire.message.StreamsGroupDescribeResponse;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.Subtopology;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Looks at groups of Kafka Streams applications whose tasks the broker gives out (KIP-1071).
 * Blocks; throws {@link ClientException}.
 */
public final class StreamsGroups {
  private final Cluster cluster;
  private final Groups groups;

  public StreamsGroups(Cluster cluster) {
    this.cluster = cluster;
    this.groups = new Groups(cluster);
  }

  /**
   * A member.
   *
   * @param process that it is a part of
   * @param owned partitions that its active tasks read
   * @param standby tasks it keeps the state of, as {@code subtopology_partition}
   */
  public record Member(
      String id,
      String client,
      String host,
      String process,
      int epoch,
      List<TopicPartition> owned,
      List<String> standby) {}

  /**
   * A group and who is in it.
   *
   * @param inputs topics that the application reads, without those that it made itself
   */
  public record Described(
      String group,
      String state,
      int epoch,
      int assignmentEpoch,
      List<String> inputs,
      List<Member> members) {}

  /** Describes a group, also when it has no members. */
  public Described describe(String group) {
    StreamsGroupDescribeRequest request =
        StreamsGroupDescribeRequest.builder().groupIds(List.of(group)).build();
    return cluster.patiently(
        "describe group " + group,
        () -> {
          StreamsGroupDescribeResponse answer =
              cluster.call(
                  groups.coordinator(group),
                  request,
                  Short.MAX_VALUE,
                  StreamsGroupDescribeResponse::read);
          DescribedGroup found = Topics.only(answer.groups(), "StreamsGroupDescribe");
          Topics.check(found.errorCode(), "describe group " + group, found.errorMessage());
          return described(found);
        });
  }

  private static Described described(DescribedGroup found) {
    Map<String, List<String>> sources = new HashMap<>();
    TreeSet<String> inputs = new TreeSet<>();
    for (Subtopology part : subtopologies(found)) {
      List<String> read = new ArrayList<>(part.sourceTopics());
      inputs.addAll(read);
      part.repartitionSourceTopics().forEach(topic -> read.add(topic.name()));
      sources.put(part.subtopologyId(), read);
    }
    List<Member> members = new ArrayList<>();
    for (StreamsGroupDescribeResponse.Member member : found.members()) {
      members.add(
          new Member(
              member.memberId(),
              member.clientId(),
              member.clientHost(),
              member.processId(),
              member.memberEpoch(),
              owned(member.assignment(), sources),
              standby(member.assignment())));
    }
    members.sort(Comparator.comparing(Member::id));
    return new Described(
        found.groupId(),
        found.groupState(),
        found.groupEpoch(),
        found.assignmentEpoch(),
        List.copyOf(inputs),
        members);
  }

  private static List<Subtopology> subtopologies(DescribedGroup found) {
    var topology = found.topology();
    List<Subtopology> parts = topology == null ? null : topology.subtopologies();
    return parts == null ? List.of() : parts;
  }

  /**
   * A task reads its partition of every topic of its subtopology; one that has fewer partitions
   * than another has nothing there, which only the topic tells, so it is named all the same.
   */
  private static List<TopicPartition> owned(
      StreamsGroupDescribeResponse.Assignment assignment, Map<String, List<String>> sources) {
    List<TopicPartition> owned = new ArrayList<>();
    for (var tasks : assignment.activeTasks()) {
      for (String topic : sources.getOrDefault(tasks.subtopologyId(), List.of())) {
        tasks.partitions().forEach(index -> owned.add(new TopicPartition(topic, index)));
      }
    }
    owned.sort(null);
    return List.copyOf(owned);
  }

  private static List<String> standby(StreamsGroupDescribeResponse.Assignment assignment) {
    List<String> standby = new ArrayList<>();
    for (var tasks : assignment.standbyTasks()) {
      tasks.partitions().forEach(index -> standby.add(tasks.subtopologyId() + "_" + index));
    }
    standby.sort(null);
    return List.copyOf(standby);
  }
}
