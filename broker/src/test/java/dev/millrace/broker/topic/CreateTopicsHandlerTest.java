package dev.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableReplicaAssignment;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.millrace.wire.message.CreateTopicsResponse;
import dev.millrace.wire.message.CreateTopicsResponse.CreatableTopicConfigs;
import dev.millrace.wire.message.CreateTopicsResponse.CreatableTopicResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CreateTopicsHandlerTest {
  private static final int OLDEST = 2;
  private static final int NEWEST = 7;

  private final TestNode node = new TestNode(Map.of("num.partitions", "4"));

  private static CreatableTopic.Builder topic(String name, int partitions) {
    return CreatableTopic.builder()
        .name(name)
        .numPartitions(partitions)
        .replicationFactor((short) 1);
  }

  private List<CreatableTopicResult> create(int version, CreatableTopic.Builder... topics) {
    return create(version, false, topics);
  }

  private List<CreatableTopicResult> create(
      int version, boolean validateOnly, CreatableTopic.Builder... topics) {
    CreateTopicsRequest request =
        CreateTopicsRequest.builder()
            .topics(java.util.Arrays.stream(topics).map(CreatableTopic.Builder::build).toList())
            .validateOnly(validateOnly)
            .timeoutMs(1000)
            .build();
    return node.call(CreateTopicsResponse.class, request, version).topics();
  }

  private static CreatableTopicConfig config(String name, String value) {
    return CreatableTopicConfig.builder().name(name).value(value).build();
  }

  private static CreatableReplicaAssignment assigned(int partition, Integer... brokers) {
    return CreatableReplicaAssignment.builder()
        .partitionIndex(partition)
        .brokerIds(List.of(brokers))
        .build();
  }

  private void assertRefused(ErrorCode error, CreatableTopic.Builder topic) {
    CreatableTopicResult result = create(NEWEST, topic).getFirst();
    assertThat(ErrorCode.of(result.errorCode())).isEqualTo(error);
    assertThat(result.errorMessage()).isNotEmpty();
    assertThat(result.numPartitions()).isEqualTo(-1);
    assertThat(result.configs()).isNull();
  }

  @Test
  void everyVersionCreates() {
    for (int version = OLDEST; version <= NEWEST; version++) {
      String name = "orders-" + version;
      CreatableTopicResult result = create(version, topic(name, 3)).getFirst();
      assertThat(result.name()).isEqualTo(name);
      assertThat(result.errorCode()).isZero();
      assertThat(result.errorMessage()).isNull();
      assertThat(result.numPartitions()).isEqualTo(version >= 5 ? 3 : -1);
      assertThat(result.replicationFactor()).isEqualTo((short) (version >= 5 ? 1 : -1));
      Uuid id = Objects.requireNonNull(node.image().topic(name)).id();
      assertThat(result.topicId()).isEqualTo(version >= 7 ? id : Uuid.ZERO);
    }
  }

  @Test
  void answerCarriesAllSettings() {
    CreatableTopicResult result =
        create(5, topic("orders", 1).configs(List.of(config("retention.ms", "1000")))).getFirst();
    List<CreatableTopicConfigs> configs = Objects.requireNonNull(result.configs());
    assertThat(configs).extracting(CreatableTopicConfigs::name).contains("cleanup.policy");
    assertThat(configs)
        .contains(
            CreatableTopicConfigs.builder()
                .name("retention.ms")
                .value("1000")
                .configSource((byte) 1)
                .build());
    assertThat(configs)
        .contains(
            CreatableTopicConfigs.builder()
                .name("max.message.bytes")
                .value("1048588")
                .configSource((byte) 5)
                .build());
  }

  @Test
  void defaultsOfTheBroker() {
    CreatableTopicResult result =
        create(4, topic("a", -1).replicationFactor((short) -1)).getFirst();
    assertThat(result.errorCode()).isZero();
    assertThat(Objects.requireNonNull(node.image().topic("a")).partitionCount()).isEqualTo(4);
  }

  @Test
  void validationAloneChangesNothing() {
    for (int version = OLDEST; version <= NEWEST; version++) {
      CreatableTopicResult good = create(version, true, topic("orders", 3)).getFirst();
      CreatableTopicResult bad = create(version, true, topic("orders", 0)).getFirst();
      assertThat(good.errorCode()).isZero();
      assertThat(good.topicId()).isEqualTo(Uuid.ZERO);
      assertThat(bad.errorCode()).isEqualTo(ErrorCode.INVALID_PARTITIONS.code());
    }
    assertThat(node.image().topic("orders")).isNull();
  }

  @Test
  void eachTopicCountsForItself() {
    List<CreatableTopicResult> results = create(NEWEST, topic("a b", 1), topic("fine", 1));
    assertThat(results)
        .extracting(CreatableTopicResult::errorCode)
        .containsExactly((short) 17, (short) 0);
  }

  @Test
  void whatCannotBeIsRefused() {
    create(NEWEST, topic("taken", 1), topic("a.b", 1));
    assertRefused(ErrorCode.TOPIC_ALREADY_EXISTS, topic("taken", 1));
    assertRefused(ErrorCode.INVALID_TOPIC_EXCEPTION, topic("a_b", 1));
    assertRefused(ErrorCode.INVALID_TOPIC_EXCEPTION, topic("", 1));
    assertRefused(ErrorCode.INVALID_TOPIC_EXCEPTION, topic("x".repeat(250), 1));
    assertRefused(ErrorCode.INVALID_PARTITIONS, topic("new", -2));
    assertRefused(
        ErrorCode.INVALID_REPLICATION_FACTOR, topic("new", 1).replicationFactor((short) 2));
    assertRefused(
        ErrorCode.INVALID_REPLICATION_FACTOR, topic("new", 1).replicationFactor((short) 0));
    assertRefused(ErrorCode.POLICY_VIOLATION, topic("new", 10_001));
    assertRefused(ErrorCode.INVALID_REQUEST, topic("__cluster_metadata", 1));
    assertRefused(
        ErrorCode.INVALID_CONFIG, topic("new", 1).configs(List.of(config("no.such", "1"))));
    assertRefused(
        ErrorCode.INVALID_CONFIG, topic("new", 1).configs(List.of(config("retention.ms", "-2"))));
    assertRefused(
        ErrorCode.INVALID_CONFIG, topic("new", 1).configs(List.of(config("retention.ms", null))));
  }

  @Test
  void assignmentsByHand() {
    CreatableTopic.Builder open = topic("new", -1).replicationFactor((short) -1);
    assertRefused(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        open.assignments(List.of(assigned(0, 1), assigned(0, 1))));
    assertRefused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, open.assignments(List.of(assigned(1, 1))));
    assertRefused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, open.assignments(List.of(assigned(0, 9))));
    assertRefused(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT, open.assignments(List.of(assigned(0, 1, 1))));
    assertRefused(ErrorCode.INVALID_REQUEST, topic("new", 1).assignments(List.of(assigned(0, 1))));
    CreatableTopicResult done =
        create(NEWEST, open.assignments(List.of(assigned(1, 1), assigned(0, 1)))).getFirst();
    assertThat(done.errorCode()).isZero();
    assertThat(done.numPartitions()).isEqualTo(2);
  }

  @Test
  void topicNamedTwiceIsRefusedOnce() {
    List<CreatableTopicResult> results =
        create(NEWEST, topic("a", 1), topic("a", 2), topic("b", 1));
    assertThat(results).hasSize(2);
    assertThat(results.getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    assertThat(results.getLast().errorCode()).isZero();
  }
}
