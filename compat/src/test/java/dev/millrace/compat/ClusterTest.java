package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.MillraceCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Apache's clients with three nodes in this process. */
class ClusterTest {
  private static final Duration POLL = Duration.ofMillis(100);

  private static MillraceCluster cluster;
  private static Admin admin;

  @BeforeAll
  static void start() {
    cluster = MillraceCluster.start(3, Map.of("group.initial.rebalance.delay.ms", "0"));
    admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    cluster.close();
  }

  /** A node stops and comes back while a producer writes: everything is there once, in order. */
  @Test
  void everyRecordOutlivesTheStopOfAnyNode() throws Exception {
    create("kept", 3);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings(Map.of()))) {
      for (int node = 1; node <= 3; node++) {
        send(producer, sent, 100);
        cluster.stop(node);
        send(producer, sent, 100);
        producer.flush();
        cluster.resume(node);
      }
    }
    for (Future<RecordMetadata> one : sent) {
      one.get();
    }
    assertThat(read("kept", 3, sent.size()))
        .containsExactlyInAnyOrderElementsOf(numbers(sent.size()));
    TopicDescription now = admin.describeTopics(Set.of("kept")).allTopicNames().get().get("kept");
    assertThat(now.partitions()).allMatch(partition -> partition.replicas().size() == 3);
  }

  /** Coordinators of the transaction and of the group, and the partitions, are spread. */
  @Test
  void aTransactionIsAllOrNothingOverSeveralNodes() throws Exception {
    create("ledger", 6);
    TopicPartition in = new TopicPartition("ledger", 0);
    for (int app = 0; app < 3; app++) {
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(settings(Map.of("transactional.id", "app-" + app)))) {
        producer.initTransactions();
        producer.beginTransaction();
        write(producer, "committed-" + app);
        try (KafkaConsumer<String, String> consumer = consumer("group-" + app)) {
          producer.sendOffsetsToTransaction(
              Map.of(in, new OffsetAndMetadata(app + 1)), consumer.groupMetadata());
        }
        producer.commitTransaction();
        producer.beginTransaction();
        write(producer, "aborted-" + app);
        producer.abortTransaction();
      }
      assertThat(
              admin
                  .listConsumerGroupOffsets("group-" + app)
                  .partitionsToOffsetAndMetadata()
                  .get()
                  .get(in)
                  .offset())
          .isEqualTo(app + 1);
    }
    assertThat(read("ledger", 6, 18)).hasSize(18).allMatch(value -> value.startsWith("committed"));
  }

  private static void write(KafkaProducer<String, String> producer, String value) {
    for (int partition = 0; partition < 6; partition++) {
      producer.send(new ProducerRecord<>("ledger", partition, null, value));
    }
  }

  private static void create(String topic, int partitions) throws Exception {
    admin
        .createTopics(
            List.of(
                new NewTopic(topic, partitions, (short) 3)
                    .configs(Map.of("min.insync.replicas", "2"))))
        .all()
        .get();
  }

  private static void send(
      KafkaProducer<String, String> producer, List<Future<RecordMetadata>> sent, int count) {
    for (int i = 0; i < count; i++) {
      sent.add(producer.send(new ProducerRecord<>("kept", Integer.toString(sent.size()))));
    }
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private static Map<String, Object> settings(Map<String, Object> own) {
    Map<String, Object> settings = new HashMap<>(own);
    settings.put("bootstrap.servers", cluster.bootstrapServers());
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", StringSerializer.class);
    settings.put("retry.backoff.ms", 20);
    settings.put("reconnect.backoff.ms", 20);
    return settings;
  }

  private static KafkaConsumer<String, String> consumer(String group) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            cluster.bootstrapServers(),
            "group.id",
            group,
            "enable.auto.commit",
            false,
            "isolation.level",
            "read_committed",
            "key.deserializer",
            StringDeserializer.class,
            "value.deserializer",
            StringDeserializer.class));
  }

  private static List<String> read(String topic, int partitions, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer("reader")) {
      List<TopicPartition> all =
          IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(topic, i)).toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (values.size() < count
          || all.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          values.add(record.value());
        }
      }
    }
    return values;
  }
}
