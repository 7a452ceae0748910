package dev.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.FenceBroker;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.CreatePartitionsRequest;
import dev.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import dev.millrace.wire.message.CreatePartitionsRequest.CreatePartitionsTopic;
import dev.millrace.wire.message.CreatePartitionsResponse;
import dev.millrace.wire.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import dev.millrace.wire.message.ElectLeadersRequest;
import dev.millrace.wire.message.ElectLeadersRequest.TopicPartitions;
import dev.millrace.wire.message.ElectLeadersResponse;
import dev.millrace.wire.message.ElectLeadersResponse.PartitionResult;
import dev.millrace.wire.message.ListPartitionReassignmentsRequest;
import dev.millrace.wire.message.ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics;
import dev.millrace.wire.message.ListPartitionReassignmentsResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** CreatePartitions, ElectLeaders, ListPartitionReassignments. */
class PartitionsHandlersTest {
  private static final byte PREFERRED = 0;
  private static final byte UNCLEAN = 1;

  private final TestNode node = new TestNode();

  PartitionsHandlersTest() {
    node.decide(new CreateTopics(List.of(new NewTopic("orders", 2, 1, Map.of(), Map.of())), false));
  }

  private TopicImage orders() {
    return Objects.requireNonNull(node.image().topic("orders"));
  }

  private static CreatePartitionsTopic more(String name, int count) {
    return CreatePartitionsTopic.builder().name(name).count(count).assignments(null).build();
  }

  private List<CreatePartitionsTopicResult> grow(
      int version, boolean validateOnly, CreatePartitionsTopic... topics) {
    CreatePartitionsRequest request =
        CreatePartitionsRequest.builder()
            .topics(List.of(topics))
            .timeoutMs(1000)
            .validateOnly(validateOnly)
            .build();
    return node.call(CreatePartitionsResponse.class, request, version).results();
  }

  @Test
  void topicsGrow() {
    for (int version = 0; version <= 3; version++) {
      int count = 3 + version;
      assertThat(grow(version, true, more("orders", count)).getFirst().errorCode()).isZero();
      assertThat(orders().partitionCount()).isEqualTo(count - 1);
      CreatePartitionsTopicResult result = grow(version, false, more("orders", count)).getFirst();
      assertThat(result.name()).isEqualTo("orders");
      assertThat(result.errorCode()).isZero();
      assertThat(result.errorMessage()).isNull();
      assertThat(orders().partitionCount()).isEqualTo(count);
    }
  }

  @Test
  void topicsDoNotShrinkAndAssignmentsMustFit() {
    CreatePartitionsTopic twoForOne =
        more("orders", 3).toBuilder()
            .assignments(
                List.of(
                    new CreatePartitionsAssignment(List.of(1)),
                    new CreatePartitionsAssignment(List.of(1))))
            .build();
    assertThat(grow(3, false, more("orders", 2)).getFirst().errorCode())
        .isEqualTo(ErrorCode.INVALID_PARTITIONS.code());
    assertThat(grow(3, false, more("none", 2)).getFirst().errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(grow(3, false, twoForOne).getFirst().errorCode())
        .isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT.code());
    List<CreatePartitionsTopicResult> twice = grow(3, false, more("orders", 3), more("orders", 4));
    assertThat(twice).hasSize(1);
    assertThat(twice.getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    assertThat(orders().partitionCount()).isEqualTo(2);
  }

  private ElectLeadersResponse elect(int version, byte type, List<TopicPartitions> partitions) {
    ElectLeadersRequest request =
        ElectLeadersRequest.builder().electionType(type).topicPartitions(partitions).build();
    return node.call(ElectLeadersResponse.class, request, version);
  }

  @Test
  void electionIsNotNeeded() {
    List<TopicPartitions> asked =
        List.of(
            new TopicPartitions("orders", List.of(0, 1, 2)),
            new TopicPartitions("none", List.of(0)));
    for (int version = 0; version <= 2; version++) {
      ElectLeadersResponse answer = elect(version, PREFERRED, asked);
      assertThat(answer.replicaElectionResults().getFirst().partitionResult())
          .extracting(PartitionResult::errorCode)
          .containsExactly((short) 84, (short) 84, (short) 3);
      assertThat(answer.replicaElectionResults().getLast().partitionResult())
          .extracting(PartitionResult::errorCode)
          .containsExactly((short) 3);
      assertThat(elect(version, PREFERRED, null).replicaElectionResults()).isEmpty();
    }
    assertThat(elect(2, UNCLEAN, null).replicaElectionResults()).isEmpty();
    assertThat(elect(2, (byte) 2, null).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
  }

  @Test
  void partitionsWithoutLeaderCannotElectOne() {
    node.decide(new FenceBroker(1, Objects.requireNonNull(node.image().broker(1)).epoch()));
    assertThat(elect(2, PREFERRED, null).replicaElectionResults().getFirst().partitionResult())
        .extracting(PartitionResult::errorCode)
        .containsOnly(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE.code());
    assertThat(elect(2, UNCLEAN, null).replicaElectionResults().getFirst().partitionResult())
        .extracting(PartitionResult::errorCode)
        .containsOnly(ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE.code());
  }

  @Test
  void nothingIsBeingReassigned() {
    ListPartitionReassignmentsRequest all =
        ListPartitionReassignmentsRequest.builder().topics(null).build();
    ListPartitionReassignmentsRequest some =
        ListPartitionReassignmentsRequest.builder()
            .topics(
                List.of(
                    new ListPartitionReassignmentsTopics("orders", List.of(0, 7)),
                    new ListPartitionReassignmentsTopics("none", List.of(0))))
            .build();
    for (ListPartitionReassignmentsRequest request : List.of(all, some)) {
      ListPartitionReassignmentsResponse answer =
          node.call(ListPartitionReassignmentsResponse.class, request, 0);
      assertThat(answer.errorCode()).isZero();
      assertThat(answer.topics()).isEmpty();
    }
  }
}
