package dev.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.ListGroupsRequest;
import dev.millrace.wire.message.ListGroupsResponse;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand members join one group at once, each over its own connection, and are never heard of
 * again: every one gets a defined answer, and the group is empty in the end. The classic protocol's
 * crowd is {@code coordinator.group.CrowdTest}.
 */
class CrowdsTest {
  private static final int MEMBERS = 10_000;
  private static final int SHARE_SIZE_MAX = 200;
  private static final int SESSION_MS = 45_000;

  private final DataNode node =
      new DataNode(
          Long.getLong("millrace.seed", 1),
          Map.of(
              "offsets.topic.num.partitions", "1",
              "share.coordinator.state.topic.num.partitions", "1"));

  @BeforeEach
  void open() {
    node.createTopic("t", 20);
    node.call(FindCoordinatorResponse.class, FindCoordinatorRequest.builder().key("g").build(), 1);
  }

  /** The errors of all, in the order in which they came. */
  private List<ErrorCode> join(
      IntFunction<Request> request, int version, Function<FakeReply, Short> error) {
    List<FakeReply> replies = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      replies.add(node.newClient().send(request.apply(i), version));
    }
    node.owners().runUntil(() -> replies.stream().allMatch(reply -> reply.frame() != null), 10_000);
    return replies.stream().map(error).map(ErrorCode::of).toList();
  }

  private String state() {
    return node.call(ListGroupsResponse.class, ListGroupsRequest.builder().build(), 5)
        .groups()
        .getFirst()
        .groupState();
  }

  @Test
  void aConsumerGroupTakesThemAll() {
    List<ErrorCode> errors =
        join(
            i ->
                ConsumerGroupHeartbeatRequest.builder()
                    .groupId("g")
                    .memberId("member-" + i)
                    .memberEpoch(0)
                    .rebalanceTimeoutMs(60_000)
                    .subscribedTopicNames(List.of("t"))
                    .topicPartitions(List.of())
                    .build(),
            1,
            reply -> Client.answer(ConsumerGroupHeartbeatResponse.class, reply, 1).errorCode());
    assertThat(errors).containsOnly(ErrorCode.NONE);
    node.owners().runMs(SESSION_MS + 1_000);
    assertThat(state()).isEqualTo("Empty");
  }

  @Test
  void aShareGroupTakesAsManyAsItMay() {
    List<ErrorCode> errors =
        join(
            i ->
                ShareGroupHeartbeatRequest.builder()
                    .groupId("g")
                    .memberId("member-" + i)
                    .memberEpoch(0)
                    .subscribedTopicNames(List.of("t"))
                    .build(),
            1,
            reply -> Client.answer(ShareGroupHeartbeatResponse.class, reply, 1).errorCode());
    assertThat(Collections.frequency(errors, ErrorCode.NONE)).isEqualTo(SHARE_SIZE_MAX);
    assertThat(Collections.frequency(errors, ErrorCode.GROUP_MAX_SIZE_REACHED))
        .isEqualTo(MEMBERS - SHARE_SIZE_MAX);
    node.owners().runMs(SESSION_MS + 1_000);
    assertThat(state()).isEqualTo("Empty");
  }
}
