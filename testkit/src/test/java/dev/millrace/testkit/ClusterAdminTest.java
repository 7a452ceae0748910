package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.Admin;
import dev.millrace.client.ClusterView.Partition;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Replication;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.producer.Delivered;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Administration of what only several nodes have: copies that move and leaders that change. */
@WithMillrace(nodes = 3)
class ClusterAdminTest {
  private final TestCluster cluster;

  ClusterAdminTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void copiesMoveWhileRecordsAreWritten() {
    TopicPartition partition = new TopicPartition("moved", 0);
    try (Admin admin = Admin.open(cluster.clientSettings())) {
      admin.createTopic("moved", 1, 1, Map.of()).join();
      int from = described(admin, partition).leader();
      List<Integer> to = IntStream.rangeClosed(1, 3).filter(id -> id != from).boxed().toList();
      List<String> sent = IntStream.range(0, 300).mapToObj(i -> "v" + i).toList();
      List<CompletableFuture<Delivered>> fates = new ArrayList<>();
      try (Producer<String, String> producer =
          Producer.open(cluster.clientSettings(), Serializer.string(), Serializer.string())) {
        for (String value : sent) {
          fates.add(producer.send(ProducerRecord.of("moved", value)));
          if (fates.size() == 100) {
            assertThat(admin.reassign(Map.of(partition, to)).join()).isEmpty();
          }
        }
      }
      fates.forEach(CompletableFuture::join);
      while (!admin.listReassignments().join().isEmpty()) {
        Thread.onSpinWait();
      }
      Partition moved = described(admin, partition);
      assertThat(moved.replicas()).containsExactlyElementsOf(to);
      assertThat(moved.leader()).isIn(to);
      assertThat(read(partition, sent.size())).isEqualTo(sent);
    }
  }

  @Test
  void theLagOfAShareGroupIsKnownWhoeverHasThePartitions() {
    try (Admin admin = Admin.open(cluster.clientSettings())) {
      admin.createTopic("shared", 6, 1, Map.of()).join();
      Map<TopicPartition, Long> starts = new TreeMap<>();
      try (Producer<String, String> producer =
          Producer.open(cluster.clientSettings(), Serializer.string(), Serializer.string())) {
        for (int index = 0; index < 6; index++) {
          producer.send(ProducerRecord.<String, String>of("shared", "a").to(index));
          producer.send(ProducerRecord.<String, String>of("shared", "b").to(index)).join();
          starts.put(new TopicPartition("shared", index), 1L);
        }
      }
      admin.alterShareGroupOffsets("sharing", starts).join();
      assertThat(admin.shareGroupOffsets("sharing").join().values())
          .hasSize(6)
          .allSatisfy(progress -> assertThat(progress.lag()).isEqualTo(1));
    }
  }

  @Test
  void aRefusedMoveIsSaid() {
    TopicPartition none = new TopicPartition("never-made", 0);
    try (Admin admin = Admin.open(cluster.clientSettings())) {
      assertThat(admin.reassign(Map.of(none, List.of(1))).join()).containsOnlyKeys(none);
      admin.createTopic("stays", 1, 1, Map.of()).join();
      TopicPartition partition = new TopicPartition("stays", 0);
      assertThat(admin.reassign(Map.of(partition, List.of(1, 77))).join())
          .containsOnlyKeys(partition);
      // nothing is in work that could be cancelled
      assertThat(admin.reassign(Map.of(partition, List.of())).join()).containsOnlyKeys(partition);
    }
  }

  @Test
  void thePreferredLeaderLeadsAgain() {
    cluster.createTopic("led", 1);
    TopicPartition partition = new TopicPartition("led", 0);
    try (Admin admin = Admin.open(cluster.clientSettings())) {
      int preferred = described(admin, partition).replicas().getFirst();
      cluster.stop(preferred);
      while (described(admin, partition).leader() == preferred) {
        Thread.onSpinWait();
      }
      cluster.resume(preferred);
      while (!described(admin, partition).inSync().contains(preferred)) {
        Thread.onSpinWait();
      }
      Map<TopicPartition, String> refused =
          admin.electLeaders(Replication.Election.PREFERRED, List.of(partition)).join();
      // the cluster may have done it by itself meanwhile
      assertThat(refused.values()).allMatch(reason -> reason.contains("ELECTION_NOT_NEEDED"));
      while (described(admin, partition).leader() != preferred) {
        Thread.onSpinWait();
      }
    }
  }

  private static Partition described(Admin admin, TopicPartition partition) {
    return admin.describeCluster().join().topics().get(partition.topic()).partitions().stream()
        .filter(each -> each.index() == partition.partition())
        .findFirst()
        .orElseThrow();
  }

  private List<String> read(TopicPartition partition, int count) {
    List<String> values = new ArrayList<>();
    Map<String, String> settings = new TreeMap<>(cluster.clientSettings());
    settings.put("auto.offset.reset", "earliest");
    try (Consumer<String, String> consumer =
        Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
      consumer.assign(List.of(partition));
      while (values.size() < count) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
