package dev.millrace.broker.group;

import static dev.millrace.broker.group.GroupNode.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Turns;
import dev.millrace.replica.Cleaner;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetDeleteRequest;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.millrace.wire.message.OffsetDeleteResponse;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A coordinator that loads its partition after a compaction knows what it knew before. */
class CompactedGroupsTest {
  private final GroupNode groups =
      GroupNode.withOffsetsTopic(
          Map.of(
              "log.roll.ms", "1000",
              "log.cleaner.backoff.ms", "200",
              "log.cleaner.min.cleanable.ratio", "0",
              "log.cleaner.delete.retention.ms", "0"));

  private final Cleaner cleaner =
      new Cleaner(
          groups.node.partitions(),
          owner("keeper"),
          index -> owner("cleaner-" + index),
          groups.node.owners().clock(),
          groups.node.owners().random("secrets"));

  private Turns owner(String name) {
    return groups.node.owners().owner(name);
  }

  private void commit(String topic, int partition, long offset) {
    OffsetCommitRequestPartition one =
        OffsetCommitRequestPartition.builder()
            .partitionIndex(partition)
            .committedOffset(offset)
            .committedMetadata("at " + offset)
            .build();
    groups.commit(
        OffsetCommitRequest.builder()
            .groupId(GROUP)
            .topics(
                List.of(
                    OffsetCommitRequestTopic.builder()
                        .name(topic)
                        .partitions(List.of(one))
                        .build())),
        8);
  }

  private OffsetFetchResponse fetch() {
    OffsetFetchRequestGroup all =
        OffsetFetchRequestGroup.builder().groupId(GROUP).topics(null).build();
    return groups.node.call(
        OffsetFetchResponse.class, OffsetFetchRequest.builder().groups(List.of(all)).build(), 8);
  }

  private void delete(String topic, int partition) {
    OffsetDeleteRequestPartition one =
        OffsetDeleteRequestPartition.builder().partitionIndex(partition).build();
    groups.node.call(
        OffsetDeleteResponse.class,
        OffsetDeleteRequest.builder()
            .groupId(GROUP)
            .topics(
                List.of(
                    OffsetDeleteRequestTopic.builder()
                        .name(topic)
                        .partitions(List.of(one))
                        .build()))
            .build(),
        0);
  }

  @Test
  void offsetsAreTheSameAfterwards() {
    groups.topic("orders", 4);
    groups.topic("users", 2);
    for (long round = 0; round < 40; round++) {
      commit("orders", (int) (round % 4), 1000 + round);
      commit("users", 1, round);
      groups.node.owners().runMs(200);
    }
    delete("orders", 2);
    groups.node.owners().runMs(3000);
    commit("users", 0, 7);
    groups.node.owners().runMs(10_000);
    OffsetFetchResponse before = fetch();
    assertThat(cleaner.numbers().bytesSaved()).isPositive();
    assertThat(cleaner.numbers().uncleanable()).isZero();
    Uuid topic = Objects.requireNonNull(groups.node.image().topic("__consumer_offsets")).id();
    assertThat(groups.leadAgain(topic)).isPositive();
    groups.node.owners().runMs(1000);
    assertThat(fetch()).isEqualTo(before);
    assertThat(before.groups().getFirst().topics()).hasSize(2);
    assertThat(before.toString()).contains("1039").contains("at 39").doesNotContain("1038");
  }
}
