package dev.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A topic that clients know of before its partitions are open. */
class YoungTopicTest {
  private final DataNode node = new DataNode(Long.getLong("millrace.seed", 1), Map.of());

  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void theFirstBatchIsNotOvertaken(int acks) {
    node.announceTopic("t");
    FakeReply first = node.client().send(produce(acks, "a"), 9);
    assertThat(first.frame()).isNull();
    assertThat(first.holdsNext()).isTrue();
    PartitionProduceResponse answer = await(first);
    assertThat(answer.errorCode()).isZero();
    assertThat(answer.baseOffset()).isZero();
    FakeReply second = node.client().send(produce(acks, "b"), 9);
    assertThat(second.holdsNext()).isFalse();
    assertThat(await(second).baseOffset()).isEqualTo(1);
  }

  @Test
  void aRequestWithoutAnAnswerWaitsToo() {
    node.announceTopic("t");
    FakeReply first = node.client().send(produce(0, "a"), 9);
    assertThat(first.holdsNext()).isTrue();
    node.owners().runUntil(first::skipped, 10_000);
    assertThat(await(node.client().send(produce(1, "b"), 9)).baseOffset()).isEqualTo(1);
  }

  /** Else it could come behind what the client sends again over its next connection. */
  @Test
  void whoGoesTakesItsBatchesAlong() {
    node.announceTopic("t");
    node.client().send(produce(1, "a"), 9).gone();
    node.owners().runMs(1_000);
    assertThat(await(node.client().send(produce(1, "b"), 9)).baseOffset()).isZero();
  }

  @Test
  void nobodyWaitsLongerThanItWants() {
    node.announceTopic("t");
    ProduceRequest hasty = produce(1, "a").toBuilder().timeoutMs(0).build();
    assertThat(await(node.client().send(hasty, 9)).errorCode())
        .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
  }

  @Test
  void aNodeThatStopsLetsNobodyWait() {
    node.announceTopic("t");
    node.partitions().close(() -> {});
    node.owners().runMs(100);
    FakeReply late = node.client().send(produce(1, "a"), 9);
    assertThat(late.holdsNext()).isFalse();
    assertThat(await(late).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
  }

  private ProduceRequest produce(int acks, String value) {
    return node.produce("t", 0, acks, value);
  }

  private PartitionProduceResponse await(FakeReply reply) {
    return node.await(ProduceResponse.class, reply, 9)
        .responses()
        .getFirst()
        .partitionResponses()
        .getFirst();
  }
}
