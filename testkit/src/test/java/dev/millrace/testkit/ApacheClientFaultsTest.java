package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Apache's own client feels the faults of the test kit, and outlives them. */
class ApacheClientFaultsTest {
  private static final Duration SHORT = Duration.ofMillis(100);

  @Test
  void aStoppedLeaderLosesAndDoublesNothing() throws Exception {
    try (TestCluster cluster = TestCluster.start(3)) {
      cluster.createTopic("stopped", 1, Map.of("min.insync.replicas", "2"));
      int leader = cluster.leader("stopped", 0);
      List<String> sent = values(300);
      try (var producer = producer(cluster.clientSettings(), Map.of())) {
        List<Future<RecordMetadata>> fates = new ArrayList<>();
        for (String value : sent) {
          fates.add(producer.send(new ProducerRecord<>("stopped", value)));
          if (fates.size() == sent.size() / 2) {
            cluster.stop(leader);
          }
        }
        for (Future<RecordMetadata> fate : fates) {
          assertThat(fate.get().topic()).isEqualTo("stopped");
        }
      }
      assertThat(read(cluster.clientSettings(), "stopped", sent.size())).isEqualTo(sent);
      cluster.resume(leader);
      assertThat(cluster.nodes()).hasSize(3);
    }
  }

  @Test
  void aCutLinkIsATimeoutAndItsEndNone() throws Exception {
    try (TestBroker broker = TestBroker.startBehindLink(Map.of())) {
      broker.createTopic("cut", 1);
      Map<String, Object> impatient =
          Map.of("delivery.timeout.ms", 400, "request.timeout.ms", 300, "linger.ms", 0);
      try (var producer = producer(broker.clientSettings(), impatient)) {
        assertThat(producer.send(new ProducerRecord<>("cut", "before")).get().offset()).isZero();
        broker.link().cut();
        Future<RecordMetadata> lost = producer.send(new ProducerRecord<>("cut", "lost"));
        assertThatThrownBy(lost::get)
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(TimeoutException.class);
        broker.link().mend();
      }
      try (var producer = producer(broker.clientSettings(), Map.of())) {
        broker.link().breakAll();
        assertThat(producer.send(new ProducerRecord<>("cut", "after")).get().offset()).isEqualTo(1);
      }
      assertThat(read(broker.clientSettings(), "cut", 2)).containsExactly("before", "after");
    }
  }

  @Test
  void aTransactionRunsOutOfTime() throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      broker.createTopic("bills", 1);
      try (var producer =
          producer(broker.clientSettings(), Map.of("transactional.id", "billing"))) {
        producer.initTransactions();
        producer.beginTransaction();
        assertThat(producer.send(new ProducerRecord<>("bills", "late")).get().offset()).isZero();
        broker.advance(Duration.ofHours(1));
        broker.produce("bills", "other");
        assertThat(broker.values("bills")).containsExactly("other");
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
      }
    }
  }

  private static List<String> values(int count) {
    return IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
  }

  private static KafkaProducer<String, String> producer(
      Map<String, String> at, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(at);
    settings.putAll(more);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }

  private static List<String> read(Map<String, String> at, String topic, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            new HashMap<>(at), new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      while (values.size() < count) {
        consumer.poll(SHORT).forEach(record -> values.add(record.value()));
      }
      consumer.poll(SHORT).forEach(record -> values.add(record.value()));
    }
    return values;
  }
}
