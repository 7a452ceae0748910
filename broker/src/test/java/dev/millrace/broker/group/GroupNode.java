package dev.millrace.broker.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.FenceBroker;
import dev.millrace.quorum.control.UnfenceBroker;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A node whose groups have a coordinator, and the requests that tests of it share. */
final class GroupNode {
  static final String GROUP = "readers";

  final TestNode node;

  GroupNode() {
    this(Map.of());
  }

  GroupNode(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("offsets.topic.num.partitions", "3");
    all.put("group.initial.rebalance.delay.ms", "100");
    node = new TestNode(all);
  }

  /** The topic of the groups is there. */
  static GroupNode withOffsetsTopic() {
    return withOffsetsTopic(Map.of());
  }

  static GroupNode withOffsetsTopic(Map<String, String> settings) {
    GroupNode groups = new GroupNode(settings);
    groups.node.call(
        FindCoordinatorResponse.class, FindCoordinatorRequest.builder().key(GROUP).build(), 1);
    return groups;
  }

  Uuid topic(String name, int partitions) {
    node.decide(
        new CreateTopics(List.of(new NewTopic(name, partitions, 1, Map.of(), Map.of())), false));
    node.owners().runMs(50);
    return Objects.requireNonNull(node.image().topic(name)).id();
  }

  /** The node loses all leaderships and gets them again; returns the new epoch of a topic. */
  int leadAgain(Uuid topic) {
    long brokerEpoch = Objects.requireNonNull(node.image().broker(1)).epoch();
    node.decide(new FenceBroker(1, brokerEpoch));
    node.decide(new UnfenceBroker(1, brokerEpoch));
    node.owners().runMs(100);
    return Objects.requireNonNull(node.image().partition(topic, 0)).leaderEpoch();
  }

  static JoinGroupRequest.Builder joining(String memberId) {
    return JoinGroupRequest.builder()
        .groupId(GROUP)
        .memberId(memberId)
        .sessionTimeoutMs(10_000)
        .rebalanceTimeoutMs(20_000)
        .protocolType("consumer")
        .protocols(
            List.of(
                JoinGroupRequestProtocol.builder()
                    .name("range")
                    .metadata(Bytes.utf8("metadata"))
                    .build()));
  }

  JoinGroupResponse join(JoinGroupRequest.Builder request, int version) {
    if (version == 0) {
      request.rebalanceTimeoutMs(-1);
    }
    return node.call(JoinGroupResponse.class, request.build(), version);
  }

  /** A member of a stable group. */
  String member() {
    String id = join(joining(""), 3).memberId();
    SyncGroupRequest sync =
        SyncGroupRequest.builder()
            .groupId(GROUP)
            .memberId(id)
            .generationId(1)
            .assignments(
                List.of(
                    SyncGroupRequestAssignment.builder()
                        .memberId(id)
                        .assignment(Bytes.utf8("everything"))
                        .build()))
            .build();
    node.call(SyncGroupResponse.class, sync, 3);
    return id;
  }

  static OffsetCommitRequest.Builder committing(String topic, Uuid id, int... partitions) {
    List<OffsetCommitRequestPartition> list =
        Arrays.stream(partitions)
            .mapToObj(partition ->
                OffsetCommitRequestPartition.builder()
                    .partitionIndex(partition)
                    .committedOffset(100 + partition)
                    .committedMetadata("m" + partition)
                    .build())
            .toList();
    return OffsetCommitRequest.builder()
        .groupId(GROUP)
        .topics(
            List.of(
                OffsetCommitRequestTopic.builder()
                    .name(topic)
                    .topicId(id)
                    .partitions(list)
                    .build()));
  }

  OffsetCommitResponse commit(OffsetCommitRequest.Builder request, int version) {
    return node.call(OffsetCommitResponse.class, request.build(), version);
  }
}
