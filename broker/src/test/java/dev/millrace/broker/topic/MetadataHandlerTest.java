package dev.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.FenceBroker;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import dev.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MetadataHandlerTest {
  private static final int NEWEST = 13;

  private final TestNode node = new TestNode();

  private Uuid create(String name, int partitions) {
    node.decide(
        new CreateTopics(List.of(new NewTopic(name, partitions, 1, Map.of(), Map.of())), false));
    return Objects.requireNonNull(node.image().topic(name)).id();
  }

  private MetadataResponse call(MetadataRequest.Builder request, int version) {
    return node.call(MetadataResponse.class, request.build(), version);
  }

  private static MetadataRequest.Builder names(String... names) {
    return MetadataRequest.builder()
        .topics(
            Arrays.stream(names)
                .map(name -> MetadataRequestTopic.builder().name(name).build())
                .toList());
  }

  private static MetadataRequest.Builder onlyExisting(String... names) {
    return names(names).allowAutoTopicCreation(false);
  }

  private static MetadataRequest.Builder ids(Uuid... ids) {
    return MetadataRequest.builder()
        .topics(
            Arrays.stream(ids)
                .map(id -> MetadataRequestTopic.builder().name(null).topicId(id).build())
                .toList());
  }

  @Test
  void everyVersionShowsTheClusterAndTheTopic() {
    Uuid id = create("orders", 3);
    for (int version = 0; version <= NEWEST; version++) {
      MetadataResponse answer = call(names("orders"), version);
      assertThat(answer.brokers()).hasSize(1);
      MetadataResponseBroker broker = answer.brokers().getFirst();
      assertThat(broker.nodeId()).isEqualTo(1);
      assertThat(broker.host()).isEqualTo("node1");
      assertThat(broker.port()).isEqualTo(9092);
      assertThat(broker.rack()).isEqualTo(version >= 1 ? "rack1" : null);
      assertThat(answer.clusterId()).isEqualTo(version >= 2 ? TestNode.CLUSTER_ID : null);
      assertThat(answer.controllerId()).isEqualTo(version >= 1 ? 1 : -1);
      MetadataResponseTopic topic = answer.topics().getFirst();
      assertThat(topic.errorCode()).isZero();
      assertThat(topic.name()).isEqualTo("orders");
      assertThat(topic.topicId()).isEqualTo(version >= 10 ? id : Uuid.ZERO);
      assertThat(topic.partitions()).hasSize(3);
      MetadataResponsePartition last = topic.partitions().getLast();
      assertThat(last.errorCode()).isZero();
      assertThat(last.partitionIndex()).isEqualTo(2);
      assertThat(last.leaderId()).isEqualTo(1);
      assertThat(last.leaderEpoch()).isEqualTo(version >= 7 ? 0 : -1);
      assertThat(last.replicaNodes()).containsExactly(1);
      assertThat(last.isrNodes()).containsExactly(1);
      assertThat(last.offlineReplicas()).isEmpty();
    }
  }

  @Test
  void nullMeansAllAndEmptyMeansNoneButInVersion0() {
    create("a", 1);
    create("b", 1);
    MetadataRequest.Builder none = MetadataRequest.builder().topics(List.of());
    assertThat(call(none, 0).topics()).hasSize(2);
    for (int version = 1; version <= NEWEST; version++) {
      assertThat(call(none, version).topics()).isEmpty();
      assertThat(call(MetadataRequest.builder().topics(null), version).topics())
          .extracting(MetadataResponseTopic::name)
          .containsExactly("a", "b");
    }
  }

  @Test
  void missingTopicIsUnknownAndThenCreated() {
    for (int version : new int[] {0, NEWEST}) {
      String name = "fresh-" + version;
      MetadataResponseTopic first = call(names(name), version).topics().getFirst();
      assertThat(first.errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
      assertThat(first.topicId()).isEqualTo(Uuid.ZERO);
      node.owners().runMs(1);
      MetadataResponseTopic second = call(names(name), version).topics().getFirst();
      assertThat(second.errorCode()).isZero();
      assertThat(second.partitions()).hasSize(1);
    }
  }

  @Test
  void missingTopicIsNotCreatedWhenTheClientForbidsIt() {
    for (int version = 4; version <= NEWEST; version++) {
      MetadataResponseTopic topic = call(onlyExisting("fresh"), version).topics().getFirst();
      assertThat(topic.errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
      assertThat(topic.topicId()).isEqualTo(Uuid.ZERO);
    }
    assertThat(node.image().topic("fresh")).isNull();
  }

  @Test
  void missingTopicIsNotCreatedWhenTheBrokerForbidsIt() {
    TestNode strict = new TestNode(Map.of("auto.create.topics.enable", "false"));
    MetadataResponse answer = strict.call(MetadataResponse.class, names("fresh").build(), NEWEST);
    assertThat(answer.topics().getFirst().errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
  }

  @Test
  void topicThatCannotBeCreatedIsUnknown() {
    TestNode poor = new TestNode(Map.of("default.replication.factor", "3"));
    MetadataResponse answer = poor.call(MetadataResponse.class, names("fresh").build(), NEWEST);
    assertThat(answer.topics().getFirst().errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
  }

  @Test
  void invalidNamesAreRefusedAndTheOthersCreated() {
    List<Short> expected = List.of((short) 17, (short) 3, (short) 17, (short) 17);
    assertThat(call(names("a b", "fine", ".", "", "fine"), NEWEST).topics())
        .extracting(MetadataResponseTopic::errorCode)
        .containsExactlyElementsOf(expected);
    node.owners().runMs(1);
    assertThat(node.image().topic("fine")).isNotNull();
  }

  @Test
  void internalTopicsAreNotMadeFromDefaults() {
    MetadataResponseTopic topic = call(names("__consumer_offsets"), NEWEST).topics().getFirst();
    assertThat(topic.errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(topic.isInternal()).isTrue();
    assertThat(node.image().topic("__consumer_offsets")).isNull();
  }

  @Test
  void topicsById() {
    Uuid id = create("orders", 2);
    Uuid other = Uuid.random(node.owners().random("other"));
    for (int version = 12; version <= NEWEST; version++) {
      MetadataResponse answer = call(ids(id, other, id), version);
      assertThat(answer.topics()).hasSize(2);
      assertThat(answer.topics().getFirst().name()).isEqualTo("orders");
      assertThat(answer.topics().getFirst().partitions()).hasSize(2);
      assertThat(answer.topics().getLast().name()).isNull();
      assertThat(answer.topics().getLast().topicId()).isEqualTo(other);
      assertThat(answer.topics().getLast().errorCode())
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    }
  }

  @Test
  void idsAndNullNamesAreRefusedBeforeVersion12() {
    Uuid id = create("orders", 1);
    for (int version = 10; version <= 11; version++) {
      for (MetadataRequest.Builder request : List.of(ids(id), ids(Uuid.ZERO))) {
        MetadataResponseTopic topic = call(request, version).topics().getFirst();
        assertThat(topic.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
      }
    }
    assertThat(call(ids(Uuid.ZERO), 13).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
  }

  @Test
  void authorizedOperationsOnDemand() {
    create("orders", 1);
    for (int version = 8; version <= NEWEST; version++) {
      MetadataResponse silent = call(onlyExisting("orders"), version);
      assertThat(silent.topics().getFirst().topicAuthorizedOperations())
          .isEqualTo(AuthorizedOperations.NOT_REQUESTED);
      MetadataRequest.Builder request =
          onlyExisting("orders").includeTopicAuthorizedOperations(true);
      if (version <= 10) {
        request.includeClusterAuthorizedOperations(true);
      }
      MetadataResponse answer = call(request, version);
      assertThat(answer.topics().getFirst().topicAuthorizedOperations()).isEqualTo(3576);
      assertThat(answer.clusterAuthorizedOperations())
          .isEqualTo(version <= 10 ? 8096 : AuthorizedOperations.NOT_REQUESTED);
    }
  }

  @Test
  void addressesAreThoseOfTheListener() {
    Client other = node.newClient("OTHER");
    MetadataResponse answer = other.call(MetadataResponse.class, onlyExisting().build(), NEWEST);
    assertThat(answer.brokers().getFirst().host()).isEqualTo("node1.other");
    assertThat(answer.brokers().getFirst().port()).isEqualTo(9093);
    Client unknown = node.newClient("ELSEWHERE");
    create("orders", 1);
    for (int version = 4; version <= NEWEST; version++) {
      MetadataResponse nobody =
          unknown.call(MetadataResponse.class, onlyExisting("orders").build(), version);
      assertThat(nobody.brokers()).isEmpty();
      assertThat(nobody.controllerId()).isEqualTo(-1);
      MetadataResponsePartition partition = nobody.topics().getFirst().partitions().getFirst();
      assertThat(partition.errorCode()).isEqualTo((short) (version >= 6 ? 72 : 5));
      assertThat(partition.leaderId()).isEqualTo(-1);
    }
  }

  @Test
  void fencedBrokersAreHiddenAndTheirReplicasOffline() {
    create("orders", 1);
    BrokerImage broker = Objects.requireNonNull(node.image().broker(1));
    node.decide(new FenceBroker(1, broker.epoch()));
    for (int version = 4; version <= NEWEST; version++) {
      MetadataResponse answer = call(onlyExisting("orders"), version);
      assertThat(answer.brokers()).isEmpty();
      MetadataResponsePartition partition = answer.topics().getFirst().partitions().getFirst();
      assertThat(partition.errorCode()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
      assertThat(partition.leaderId()).isEqualTo(-1);
      assertThat(partition.offlineReplicas()).isEqualTo(version >= 5 ? List.of(1) : List.of());
    }
    MetadataResponsePartition oldest =
        call(names("orders"), 0).topics().getFirst().partitions().getFirst();
    assertThat(oldest.replicaNodes()).isEmpty();
    assertThat(oldest.errorCode()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
  }

  @Test
  void createdTopicIsSeenByTheNextRequest() {
    CreateTopicsRequest create =
        CreateTopicsRequest.builder()
            .topics(
                List.of(
                    CreatableTopic.builder()
                        .name("orders")
                        .numPartitions(1)
                        .replicationFactor((short) 1)
                        .build()))
            .build();
    FakeReply reply = node.client().send(create, 7);
    assertThat(reply.holdsNext()).isTrue();
    node.owners().runUntil(() -> reply.frame() != null, 1000);
    assertThat(call(onlyExisting("orders"), NEWEST).topics().getFirst().errorCode()).isZero();
  }
}
