package dev.millrace.quorum.control;

import static dev.millrace.quorum.control.Bench.assertRefused;
import static dev.millrace.quorum.control.Bench.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.CreatePartitions.MorePartitions;
import dev.millrace.quorum.control.DeleteTopics.TopicReference;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Deleting topics and adding partitions. */
class TopicChangesTest {
  private static Outcome<TopicImage> delete(Bench bench, TopicReference reference) {
    return value(bench.ask(new DeleteTopics(List.of(reference)))).getFirst();
  }

  private static Outcome<Integer> grow(
      Bench bench, int count, @Nullable List<List<Integer>> assignments) {
    MorePartitions more = new MorePartitions("t", count, assignments);
    Map<String, Outcome<Integer>> outcomes =
        value(bench.ask(new CreatePartitions(List.of(more), false)));
    return Objects.requireNonNull(outcomes.get("t"));
  }

  @Test
  void topicsAreDeletedByNameAndById() {
    Bench bench = Bench.one();
    bench.createDone("a", 1);
    bench.createDone("b", 1);
    assertThat(value(delete(bench, TopicReference.of("a"))).name()).isEqualTo("a");
    Uuid id = bench.topic("b").id();
    assertThat(value(delete(bench, TopicReference.of(id))).name()).isEqualTo("b");
    assertThat(bench.image().topics().byId()).isEmpty();
    assertThat(bench.image().topics().idsByName()).isEmpty();
    assertRefused(
        delete(bench, TopicReference.of("a")), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic=a");
    assertRefused(delete(bench, TopicReference.of(id)), ErrorCode.UNKNOWN_TOPIC_ID, "id=" + id);
  }

  @Test
  void aTopicMadeAnewIsAnotherOne() {
    Bench bench = Bench.one();
    bench.createDone("a", 1);
    Uuid first = bench.topic("a").id();
    set(bench, "retention.ms", "5");
    value(delete(bench, TopicReference.of("a")));
    assertThat(bench.image().configs(ConfigResource.topic("a"))).isEmpty();
    bench.createDone("a", 1);
    assertThat(bench.topic("a").id()).isNotEqualTo(first);
    assertThat(bench.image().configs(ConfigResource.topic("a"))).isEmpty();
  }

  private static void set(Bench bench, String name, String value) {
    Change change = new Change(name, Operation.SET, value);
    ResourceChange topic = new ResourceChange(ConfigResource.topic("a"), List.of(change));
    value(value(bench.ask(new ChangeConfigs(List.of(topic), false))).getFirst());
  }

  @Test
  void aReferenceMustBeClear() {
    Bench bench = Bench.one();
    bench.createDone("a", 1);
    Uuid id = bench.topic("a").id();
    assertRefused(delete(bench, new TopicReference("a", id)), ErrorCode.INVALID_REQUEST, "either");
    assertRefused(
        delete(bench, new TopicReference(null, Uuid.ZERO)), ErrorCode.INVALID_REQUEST, "either");
    List<Outcome<TopicImage>> twice =
        value(bench.ask(new DeleteTopics(List.of(TopicReference.of("a"), TopicReference.of(id)))));
    assertThat(twice).allMatch(outcome -> outcome.error() == ErrorCode.INVALID_REQUEST);
    assertThat(bench.image().topic("a")).isNotNull();
  }

  @Test
  void deletionCanBeForbidden() {
    Bench bench = Bench.one(Map.of("delete.topic.enable", "false"));
    bench.createDone("a", 1);
    assertRefused(
        delete(bench, TopicReference.of("a")),
        ErrorCode.TOPIC_DELETION_DISABLED,
        "delete.topic.enable=false");
  }

  @Test
  void topicsGrow() {
    Bench bench = Bench.one();
    bench.createDone("t", 2);
    assertThat(grow(bench, 5, null)).isEqualTo(Outcome.done(5));
    assertThat(bench.topic("t").partitionCount()).isEqualTo(5);
    assertThat(grow(bench, 6, List.of(List.of(1)))).isEqualTo(Outcome.done(6));
    assertRefused(grow(bench, 6, null), ErrorCode.INVALID_PARTITIONS, "already has 6 partition(s)");
    assertRefused(
        grow(bench, 2, null),
        ErrorCode.INVALID_PARTITIONS,
        "has 6 partition(s); 2 would not be an increase");
    assertRefused(
        grow(bench, 8, List.of(List.of(1))),
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        "add 2 additional partition(s), but only 1");
    assertRefused(
        grow(bench, 7, List.of(List.of(4))),
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        "broker 4, but no such broker");
    assertRefused(grow(bench, 20_000, null), ErrorCode.POLICY_VIOLATION, "too many");
    MorePartitions unknown = new MorePartitions("x", 2, null);
    MorePartitions twice = new MorePartitions("t", 9, null);
    Map<String, Outcome<Integer>> outcomes =
        value(bench.ask(new CreatePartitions(List.of(unknown, twice, twice), false)));
    assertThat(outcomes.values().stream().map(Outcome::error))
        .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.INVALID_REQUEST);
    value(bench.ask(new CreatePartitions(List.of(twice), true)));
    assertThat(bench.topic("t").partitionCount()).isEqualTo(6);
  }
}
