package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CreateTopicsTest {
  private static NewTopic topic(String name, int partitions, int replicationFactor) {
    return new NewTopic(name, partitions, replicationFactor, Map.of(), Map.of());
  }

  private static NewTopic assigned(String name, Map<Integer, List<Integer>> assignment) {
    return new NewTopic(name, -1, -1, assignment, Map.of());
  }

  private static NewTopic configured(String name, Map<String, @Nullable String> configs) {
    return new NewTopic(name, -1, -1, Map.of(), configs);
  }

  @Test
  void aTopicGetsItsPartitions() {
    Bench bench = Bench.one();
    CreatedTopic created = value(bench.create(topic("events", 3, 1)));
    assertThat(created.partitions()).isEqualTo(3);
    assertThat(bench.topic("events").id()).isEqualTo(created.id());
    assertThat(bench.topic("events").partitionCount()).isEqualTo(3);
    PartitionImage partition = Objects.requireNonNull(bench.topic("events").partition(2));
    assertThat(partition.replicas()).containsExactly(Bench.NODE);
    assertThat(partition.isr()).containsExactly(Bench.NODE);
    assertThat(partition.leader()).isEqualTo(Bench.NODE);
    assertThat(partition.leaderEpoch()).isZero();
    assertThat(partition.directories()).containsExactly(new Uuid(1, 1000 + Bench.NODE));
  }

  @Test
  void minusOneMeansTheBrokersDefault() {
    Bench bench = Bench.one(Map.of("num.partitions", "5"));
    assertThat(value(bench.create(NewTopic.of("a"))).partitions()).isEqualTo(5);
    assertThat(value(bench.create(topic("b", 2, -1))).partitions()).isEqualTo(2);
  }

  @Test
  void countsMustBePositive() {
    Bench bench = Bench.one();
    assertRefused(bench.create(topic("a", 0, 1)), ErrorCode.INVALID_PARTITIONS, "partitions=0");
    assertRefused(bench.create(topic("a", -2, 1)), ErrorCode.INVALID_PARTITIONS, "");
    assertRefused(bench.create(topic("a", 1, 0)), ErrorCode.INVALID_REPLICATION_FACTOR, "");
    assertRefused(bench.create(topic("a", 1, -2)), ErrorCode.INVALID_REPLICATION_FACTOR, "");
    assertRefused(
        bench.create(topic("a", 1, 2)),
        ErrorCode.INVALID_REPLICATION_FACTOR,
        "replicationFactor=2 brokers=1");
    assertRefused(
        bench.create(topic("a", Integer.MAX_VALUE, 1)), ErrorCode.POLICY_VIOLATION, "too many");
    assertThat(bench.image().topic("a")).isNull();
  }

  @Test
  void withoutAnActiveBrokerNothingIsPlaced() {
    Bench bench = Bench.empty(Map.of());
    assertRefused(bench.create(topic("a", 1, 1)), ErrorCode.INVALID_REPLICATION_FACTOR, "");
    bench.register(1, null);
    assertRefused(
        bench.create(topic("a", 1, 1)),
        ErrorCode.INVALID_REPLICATION_FACTOR,
        "all brokers are fenced");
  }

  @Test
  void namesAreChecked() {
    Bench bench = Bench.one();
    for (String name : List.of("", ".", "..", "a b", "ä", "a/b", "x".repeat(250))) {
      assertRefused(
          bench.create(NewTopic.of(name)), ErrorCode.INVALID_TOPIC_EXCEPTION, "topic name");
    }
    value(bench.create(NewTopic.of("x".repeat(249))));
  }

  @Test
  void namesMustNotMeetAsMetricNames() {
    Bench bench = Bench.one();
    value(bench.create(NewTopic.of("a.b_c")));
    assertRefused(
        bench.create(NewTopic.of("a_b.c")),
        ErrorCode.INVALID_TOPIC_EXCEPTION,
        "dot and underscore");
    assertRefused(bench.create(NewTopic.of("a.b_c")), ErrorCode.TOPIC_ALREADY_EXISTS, "a.b_c");
    Map<String, Outcome<CreatedTopic>> both =
        value(bench.ask(new CreateTopics(List.of(NewTopic.of("q.r"), NewTopic.of("q_r")), false)));
    assertThat(both.values().stream().map(Outcome::error))
        .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_TOPIC_EXCEPTION);
    value(bench.ask(new DeleteTopics(List.of(DeleteTopics.TopicReference.of("q.r")))));
    value(bench.create(NewTopic.of("q_r")));
  }

  @Test
  void aTopicNamedTwiceIsRefusedAndTheOthersAreCreated() {
    Bench bench = Bench.one();
    Map<String, Outcome<CreatedTopic>> outcomes =
        value(
            bench.ask(
                new CreateTopics(
                    List.of(NewTopic.of("a"), NewTopic.of("b"), NewTopic.of("a")), false)));
    assertRefused(
        Objects.requireNonNull(outcomes.get("a")), ErrorCode.INVALID_REQUEST, "named twice");
    assertThat(bench.image().topic("a")).isNull();
    assertThat(bench.image().topic("b")).isNotNull();
  }

  @Test
  void validationAloneCreatesNothing() {
    Bench bench = Bench.one();
    CreateTopics command = new CreateTopics(List.of(topic("a", 2, 1), topic("b", 0, 1)), true);
    Map<String, Outcome<CreatedTopic>> outcomes = value(bench.ask(command));
    assertThat(value(Objects.requireNonNull(outcomes.get("a"))).id()).isEqualTo(Uuid.ZERO);
    assertThat(Objects.requireNonNull(outcomes.get("b")).error())
        .isEqualTo(ErrorCode.INVALID_PARTITIONS);
    assertThat(bench.image().topics().byId()).isEmpty();
  }

  @Test
  void anAssignmentMustBeWhole() {
    Bench bench = Bench.one();
    bench.addBroker(2, null);
    value(bench.create(assigned("ok", Map.of(0, List.of(2, 1), 1, List.of(1, 2)))));
    PartitionImage first = Objects.requireNonNull(bench.topic("ok").partition(0));
    assertThat(first.leader()).isEqualTo(2);
    ErrorCode wrong = ErrorCode.INVALID_REPLICA_ASSIGNMENT;
    assertRefused(bench.create(assigned("a", Map.of(1, List.of(1)))), wrong, "missing=0");
    assertRefused(
        bench.create(assigned("a", Map.of(0, List.of()))), wrong, "an empty replica list");
    assertRefused(
        bench.create(assigned("a", Map.of(0, List.of(1, 1)))), wrong, "broker 1 more than once");
    assertRefused(
        bench.create(assigned("a", Map.of(0, List.of(9)))), wrong, "broker 9, but no such broker");
    assertRefused(
        bench.create(assigned("a", Map.of(0, List.of(1), 1, List.of(1, 2)))),
        wrong,
        "not consistent");
    assertRefused(
        bench.create(new NewTopic("a", 1, -1, Map.of(0, List.of(1)), Map.of())),
        ErrorCode.INVALID_REQUEST,
        "must be -1");
  }

  @Test
  void anAssignmentToFencedBrokersAloneIsRefused() {
    Bench bench = Bench.one();
    bench.register(2, null);
    assertRefused(
        bench.create(assigned("a", Map.of(0, List.of(2)))),
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        "fenced");
    value(bench.create(assigned("a", Map.of(0, List.of(2, 1)))));
    PartitionImage partition = Objects.requireNonNull(bench.topic("a").partition(0));
    assertThat(partition.isr()).containsExactly(1);
    assertThat(partition.leader()).isEqualTo(1);
  }

  @Test
  void settingsAreChecked() {
    Bench bench = Bench.one();
    ErrorCode wrong = ErrorCode.INVALID_CONFIG;
    value(bench.create(configured("ok", Map.of("retention.ms", "1000", "cleanup.policy", ""))));
    assertThat(bench.image().configs(ConfigResource.topic("ok")))
        .containsEntry("retention.ms", "1000");
    assertRefused(
        bench.create(configured("a", Map.of("retention", "1"))), wrong, "there is no setting");
    assertRefused(bench.create(configured("a", Map.of("retention.ms", "-2"))), wrong, "-1 or more");
    assertRefused(
        bench.create(configured("a", Map.of("remote.storage.enable", "true"))), wrong, "tiered");
    value(bench.create(configured("b", Map.of("remote.storage.enable", "false"))));
    Map<String, @Nullable String> none = new HashMap<>();
    none.put("retention.ms", null);
    assertRefused(bench.create(configured("a", none)), wrong, "no value");
    assertRefused(
        bench.create(
            configured("a", Map.of("min.compaction.lag.ms", "9", "max.compaction.lag.ms", "8"))),
        wrong,
        "max.compaction.lag.ms=8");
  }

  @Test
  void placementSpreadsLeadersAndRacks() {
    Bench bench = Bench.empty(Map.of());
    for (int id = 1; id <= 6; id++) {
      bench.addBroker(id, "rack" + id % 3);
    }
    bench.register(7, "rack0");
    value(bench.create(topic("wide", 60, 3)));
    Map<Integer, Integer> leaders = new HashMap<>();
    for (PartitionImage partition : bench.topic("wide").partitions().values()) {
      leaders.merge(partition.leader(), 1, Integer::sum);
      assertThat(partition.replicas()).doesNotContain(7).doesNotHaveDuplicates().hasSize(3);
      assertThat(partition.replicas().stream().map(id -> id % 3).distinct()).hasSize(3);
      assertThat(partition.leader()).isEqualTo(partition.replicas().getFirst());
    }
    assertThat(leaders).hasSize(6);
    assertThat(new TreeSet<>(leaders.values())).containsExactly(10);
    value(bench.create(topic("all", 1, 7)));
    PartitionImage all = Objects.requireNonNull(bench.topic("all").partition(0));
    assertThat(all.replicas().getLast()).isEqualTo(7);
    assertThat(all.isr()).doesNotContain(7);
  }

  @Test
  void brokersThatAreAliveComeBeforeOtherRacks() {
    Bench bench = Bench.empty(Map.of());
    bench.addBroker(1, "a");
    bench.addBroker(2, "a");
    bench.register(3, "b");
    value(bench.create(topic("two", 4, 2)));
    for (PartitionImage partition : bench.topic("two").partitions().values()) {
      assertThat(partition.replicas()).containsExactlyInAnyOrder(1, 2);
    }
  }
}
