package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.CreatePartitionsRequest;
import dev.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.DeleteTopicsRequest;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import dev.millrace.wire.message.MetadataResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers to changes wait until this node acts on them. */
class AppliedControllerTest {
  private static final long LONG_MS = 60_000;

  private final TestNode node = new TestNode();

  AppliedControllerTest() {
    node.decide(new CreateTopics(List.of(NewTopic.of("orders")), false));
  }

  static Stream<Request> changes() {
    return Stream.of(
        CreateTopicsRequest.builder()
            .topics(
                List.of(
                    CreatableTopic.builder()
                        .name("new")
                        .numPartitions(1)
                        .replicationFactor((short) 1)
                        .build()))
            .build(),
        CreatePartitionsRequest.builder()
            .topics(
                List.of(
                    CreatePartitionsTopic.builder()
                        .name("orders")
                        .count(2)
                        .assignments(null)
                        .build()))
            .build(),
        DeleteTopicsRequest.DEFAULT,
        IncrementalAlterConfigsRequest.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void answerWaitsUntilTheNodeHasCaughtUp(Request change) {
    node.lag(true);
    FakeReply reply = node.client().send(change, change.apiKey().highestVersion());
    node.owners().runMs(LONG_MS);
    assertThat(reply.frame()).isNull();
    assertThat(reply.holdsNext()).isTrue();
    node.lag(false);
    assertThat(reply.frame()).isNotNull();
  }

  @Test
  void metadataDoesNotWaitForEver() {
    node.lag(true);
    MetadataRequest request =
        MetadataRequest.builder()
            .topics(List.of(MetadataRequestTopic.builder().name("new").build()))
            .build();
    FakeReply reply = node.client().send(request, 13);
    node.owners().runMs(LONG_MS);
    MetadataResponse answer = Client.answer(MetadataResponse.class, reply, 13);
    assertThat(answer.topics()).hasSize(1);
    node.lag(false);
  }
}
