package dev.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FindCoordinatorHandlerTest {
  private static final byte TRANSACTION = 1;
  private static final byte SHARE = 2;

  private final GroupNode groups = new GroupNode();

  private FindCoordinatorResponse find(FindCoordinatorRequest.Builder request, int version) {
    return groups.node.call(FindCoordinatorResponse.class, request.build(), version);
  }

  @Test
  void theFirstOneMakesTheTopicAndIsAnsweredWhenItsCoordinatorHasLoaded() {
    FindCoordinatorResponse response = find(FindCoordinatorRequest.builder().key("g"), 0);
    assertThat(response.errorCode()).isZero();
    assertThat(response.nodeId()).isEqualTo(1);
    assertThat(response.host()).isEqualTo("node1");
    assertThat(response.port()).isEqualTo(9092);

    TopicImage topic = Objects.requireNonNull(groups.node.image().topic("__consumer_offsets"));
    assertThat(topic.partitionCount()).isEqualTo(3);
    assertThat(Objects.requireNonNull(topic.partition(0)).replicas()).containsExactly(1);
    assertThat(groups.node.image().configs(ConfigResource.topic("__consumer_offsets")))
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("compression.type", "producer")
        .containsEntry("segment.bytes", "104857600");
    assertThat(groups.join(GroupNode.joining(""), 4).errorCode())
        .isEqualTo(ErrorCode.MEMBER_ID_REQUIRED.code());
  }

  @Test
  void severalMayAskAtOnce() {
    List<FakeReply> replies =
        List.of("a", "b", "c").stream()
            .map(key ->
                groups
                    .node
                    .newClient("PLAINTEXT")
                    .send(FindCoordinatorRequest.builder().key(key).build(), 1))
            .toList();
    groups
        .node
        .owners()
        .runUntil(() -> replies.stream().allMatch(reply -> reply.frame() != null), 10_000);
    assertThat(replies)
        .allSatisfy(reply ->
            assertThat(Client.answer(FindCoordinatorResponse.class, reply, 1).nodeId())
                .isEqualTo(1));
  }

  @Test
  void theAddressIsThatOfTheListener() {
    Client other = groups.node.newClient("OTHER");
    FakeReply reply = other.send(FindCoordinatorRequest.builder().key("g").build(), 3);
    groups.node.owners().runUntil(() -> reply.frame() != null, 10_000);
    FindCoordinatorResponse response = Client.answer(FindCoordinatorResponse.class, reply, 3);
    assertThat(response.host()).isEqualTo("node1.other");
    assertThat(response.port()).isEqualTo(9093);
  }

  @Test
  void severalKeysHaveAnswersOfTheirOwn() {
    for (int version = 4; version <= 6; version++) {
      FindCoordinatorResponse response =
          find(FindCoordinatorRequest.builder().coordinatorKeys(List.of("x", "y", "z")), version);
      assertThat(response.coordinators())
          .extracting(Coordinator::key)
          .containsExactly("x", "y", "z");
      assertThat(response.coordinators())
          .allSatisfy(coordinator -> {
            assertThat(coordinator.errorCode()).isZero();
            assertThat(coordinator.nodeId()).isEqualTo(1);
          });
    }
    assertThat(find(FindCoordinatorRequest.builder().coordinatorKeys(List.of()), 4).coordinators())
        .isEmpty();
  }

  @Test
  void whatIsNoKindIsToldOnce() {
    FindCoordinatorResponse unknown =
        find(FindCoordinatorRequest.builder().coordinatorKeys(List.of("x")).keyType((byte) 3), 6);
    assertThat(unknown.coordinators())
        .singleElement()
        .satisfies(coordinator ->
            assertThat(coordinator.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code()));
    assertThat(groups.node.image().topic("__consumer_offsets")).isNull();
  }

  @Test
  void statesOfShareGroupsHaveATopicOfTheirOwn() {
    FindCoordinatorResponse share =
        find(FindCoordinatorRequest.builder().coordinatorKeys(List.of("g:t:0")).keyType(SHARE), 6);
    assertThat(share.coordinators())
        .singleElement()
        .satisfies(coordinator -> assertThat(coordinator.errorCode()).isZero());
    assertThat(groups.node.image().configs(ConfigResource.topic("__share_group_state")))
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "-1");
  }

  @Test
  void transactionsHaveATopicOfTheirOwn() {
    FindCoordinatorResponse response =
        find(FindCoordinatorRequest.builder().key("t").keyType(TRANSACTION), 2);
    assertThat(response.errorCode()).isZero();
    assertThat(response.nodeId()).isEqualTo(1);
    TopicImage topic = Objects.requireNonNull(groups.node.image().topic("__transaction_state"));
    assertThat(topic.partitionCount()).isEqualTo(50);
    assertThat(groups.node.image().configs(ConfigResource.topic("__transaction_state")))
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("compression.type", "uncompressed")
        .containsEntry("min.insync.replicas", "2");
    assertThat(groups.node.image().topic("__consumer_offsets")).isNull();
  }
}
