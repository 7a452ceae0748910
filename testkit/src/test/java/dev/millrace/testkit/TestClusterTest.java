package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Deserializer;
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

/** Our clients against several nodes that come and go. */
@WithMillrace
class TestClusterTest {
  private final TestCluster cluster;

  TestClusterTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void aStoppedLeaderLosesAndDoublesNothing() {
    cluster.createTopic("stopped", 1, Map.of("min.insync.replicas", "2"));
    int leader = cluster.leader("stopped", 0);
    assertThat(leader).isBetween(1, 3);
    List<String> sent = write("stopped", 600, () -> cluster.stop(leader));
    assertThat(cluster.nodes()).hasSize(2).doesNotContain(leader);
    assertThat(read("stopped", sent.size())).isEqualTo(sent);
    cluster.resume(leader);
    assertThat(cluster.nodes()).hasSize(3);
    List<String> more = write("stopped", 50, () -> {});
    assertThat(read("stopped", sent.size() + more.size())).endsWith(more.toArray(String[]::new));
  }

  @Test
  void aBrokenLinkLosesAndDoublesNothing() {
    cluster.createTopic("broken", 1);
    TestLink link = cluster.link(cluster.leader("broken", 0));
    List<String> sent = write("broken", 600, link::breakAll);
    assertThat(read("broken", sent.size())).isEqualTo(sent);
  }

  @Test
  void aNodeThatIsNotThereIsNeitherStoppedNorStarted() {
    String why = "no such node, node=9 nodes=1..3";
    assertThatThrownBy(() -> cluster.stop(9)).hasMessage(why);
    assertThatThrownBy(() -> cluster.resume(9)).hasMessage(why);
    assertThatThrownBy(() -> cluster.link(9)).hasMessage(why);
  }

  /** Writes records and does something in the middle; all of them must be taken. */
  private List<String> write(String topic, int count, Runnable middle) {
    List<String> sent = IntStream.range(0, count).mapToObj(i -> topic + "-" + i).toList();
    List<CompletableFuture<Delivered>> fates = new ArrayList<>();
    try (Producer<String, String> producer =
        Producer.open(cluster.clientSettings(), Serializer.string(), Serializer.string())) {
      for (int i = 0; i < count; i++) {
        fates.add(producer.send(ProducerRecord.of(topic, sent.get(i))));
        if (i == count / 2) {
          middle.run();
        }
      }
    }
    fates.forEach(CompletableFuture::join);
    return sent;
  }

  private List<String> read(String topic, int count) {
    List<String> values = new ArrayList<>();
    Map<String, String> settings = new TreeMap<>(cluster.clientSettings());
    settings.put("auto.offset.reset", "earliest");
    try (Consumer<String, String> consumer =
        Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
      consumer.assign(List.of(new TopicPartition(topic, 0)));
      while (values.size() < count) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
