package dev.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DeleteTopicsRequest;
import dev.millrace.wire.message.DeleteTopicsRequest.DeleteTopicState;
import dev.millrace.wire.message.DeleteTopicsResponse;
import dev.millrace.wire.message.DeleteTopicsResponse.DeletableTopicResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DeleteTopicsHandlerTest {
  private final TestNode node = new TestNode();

  private static Uuid create(TestNode node, String name) {
    node.decide(new CreateTopics(List.of(NewTopic.of(name)), false));
    return Objects.requireNonNull(node.image().topic(name)).id();
  }

  private static List<DeletableTopicResult> delete(TestNode node, int version, List<String> names) {
    DeleteTopicsRequest request = DeleteTopicsRequest.builder().topicNames(names).build();
    return node.call(DeleteTopicsResponse.class, request, version).responses();
  }

  private List<DeletableTopicResult> delete(DeleteTopicState... topics) {
    DeleteTopicsRequest request = DeleteTopicsRequest.builder().topics(List.of(topics)).build();
    return node.call(DeleteTopicsResponse.class, request, 6).responses();
  }

  @Test
  void byName() {
    for (int version = 1; version <= 5; version++) {
      create(node, "orders");
      List<DeletableTopicResult> results = delete(node, version, List.of("orders", "unknown"));
      assertThat(results.getFirst().name()).isEqualTo("orders");
      assertThat(results.getFirst().errorCode()).isZero();
      assertThat(results.getFirst().errorMessage()).isNull();
      assertThat(results.getLast().errorCode())
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
      assertThat(results.getLast().errorMessage() != null).isEqualTo(version >= 5);
      assertThat(node.image().topic("orders")).isNull();
    }
  }

  @Test
  void byNameOrById() {
    create(node, "a");
    Uuid b = create(node, "b");
    Uuid other = Uuid.random(node.owners().random("other"));
    List<DeletableTopicResult> results =
        delete(
            new DeleteTopicState("a", Uuid.ZERO),
            new DeleteTopicState(null, b),
            new DeleteTopicState(null, other),
            new DeleteTopicState("unknown", Uuid.ZERO),
            new DeleteTopicState(null, Uuid.ZERO),
            new DeleteTopicState("c", other));
    assertThat(results)
        .extracting(DeletableTopicResult::errorCode)
        .containsExactly((short) 0, (short) 0, (short) 100, (short) 3, (short) 42, (short) 42);
    assertThat(results.get(1).name()).isEqualTo("b");
    assertThat(results.get(1).topicId()).isEqualTo(b);
    assertThat(results.get(2).name()).isNull();
    assertThat(results.get(2).topicId()).isEqualTo(other);
    assertThat(node.image().topics().byId()).isEmpty();
  }

  @Test
  void topicNamedTwiceStays() {
    Uuid a = create(node, "a");
    List<DeletableTopicResult> results =
        delete(new DeleteTopicState("a", Uuid.ZERO), new DeleteTopicState(null, a));
    assertThat(results)
        .extracting(DeletableTopicResult::errorCode)
        .containsOnly(ErrorCode.INVALID_REQUEST.code());
    assertThat(node.image().topic("a")).isNotNull();
  }

  @Test
  void deletionCanBeDisabled() {
    TestNode strict = new TestNode(Map.of("delete.topic.enable", "false"));
    create(strict, "a");
    for (int version = 1; version <= 5; version++) {
      assertThat(delete(strict, version, List.of("a")).getFirst().errorCode())
          .isEqualTo(
              (version < 3 ? ErrorCode.INVALID_REQUEST : ErrorCode.TOPIC_DELETION_DISABLED).code());
    }
  }
}
