package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.Millrace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Apache's share consumer gives records up, and its consumer reads them in the queue (KIP-1191).
 */
class DeadLettersTest {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long WAIT_NANOS = Duration.ofSeconds(60).toNanos();
  private static final int RECORDS = 9;

  private Millrace node;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    node = Millrace.start(Map.of("errors.deadletterqueue.auto.create.topics.enable", "true"));
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()));
    admin.createTopics(List.of(new NewTopic("work", 1, (short) 1))).all().get();
    Map<String, String> ofGroup =
        Map.of(
            "share.auto.offset.reset", "earliest",
            "share.delivery.count.limit", "2",
            "errors.deadletterqueue.topic.name", "dlq.work",
            "errors.deadletterqueue.copy.record.enable", "true");
    List<AlterConfigOp> changes =
        ofGroup.entrySet().stream()
            .map(one ->
                new AlterConfigOp(
                    new ConfigEntry(one.getKey(), one.getValue()), AlterConfigOp.OpType.SET))
            .toList();
    ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "workers");
    admin.incrementalAlterConfigs(Map.of(group, changes)).all().get();
  }

  @AfterEach
  void stop() {
    admin.close();
    node.close();
  }

  private void produce() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", node.bootstrapServers());
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        ProducerRecord<String, String> record = new ProducerRecord<>("work", "k" + i, "v" + i);
        record.headers().add("own", new byte[] {(byte) ('0' + i)});
        producer.send(record).get();
      }
    }
  }

  private static AcknowledgeType fate(long offset) {
    return switch ((int) (offset % 3)) {
      case 0 -> AcknowledgeType.REJECT;
      case 1 -> AcknowledgeType.RELEASE;
      default -> AcknowledgeType.ACCEPT;
    };
  }

  /** Rejects a third, releases a third as often as it comes, accepts the rest. */
  private void work() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", node.bootstrapServers(),
            "group.id", "workers",
            "share.acknowledgement.mode", "explicit");
    int left = RECORDS / 3 * 2 + RECORDS / 3 * 2;
    long endNanos = System.nanoTime() + WAIT_NANOS;
    try (KafkaShareConsumer<String, String> consumer =
        new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(Set.of("work"));
      while (left > 0) {
        assertThat(System.nanoTime() - endNanos).as("time is up, left=%s", left).isNegative();
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          consumer.acknowledge(record, fate(record.offset()));
          left--;
        }
        consumer.commitSync();
      }
    }
  }

  private List<ConsumerRecord<String, String>> letters(int count) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", node.bootstrapServers(), "auto.offset.reset", "earliest");
    List<ConsumerRecord<String, String>> letters = new ArrayList<>();
    long endNanos = System.nanoTime() + WAIT_NANOS;
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition("dlq.work", 0)));
      while (letters.size() < count) {
        assertThat(System.nanoTime() - endNanos).as("time is up, %s", letters).isNegative();
        consumer.poll(POLL).forEach(letters::add);
      }
      consumer.poll(POLL).forEach(letters::add);
    }
    letters.sort(Comparator.comparing(ConsumerRecord::key));
    return letters;
  }

  private static Map<String, String> headers(ConsumerRecord<String, String> letter) {
    Map<String, String> headers = new TreeMap<>();
    letter
        .headers()
        .forEach(one -> headers.put(one.key(), new String(one.value(), StandardCharsets.UTF_8)));
    return headers;
  }

  @Test
  void whatIsGivenUpIsInTheQueueOnce() throws Exception {
    produce();
    work();
    List<ConsumerRecord<String, String>> letters = letters(RECORDS / 3 * 2);
    assertThat(letters)
        .extracting(ConsumerRecord::key)
        .containsExactly("k0", "k1", "k3", "k4", "k6", "k7");
    assertThat(letters)
        .extracting(ConsumerRecord::value)
        .containsExactly("v0", "v1", "v3", "v4", "v6", "v7");
    assertThat(headers(letters.get(1)))
        .isEqualTo(
            Map.of(
                "own", "1",
                "__dlq.errors.topic", "work",
                "__dlq.errors.partition", "0",
                "__dlq.errors.offset", "1",
                "__dlq.errors.group", "workers",
                "__dlq.errors.delivery.count", "2",
                "__dlq.errors.message", "Offset delivery count exceeded the threshold."));
    assertThat(headers(letters.getFirst()))
        .containsEntry("__dlq.errors.message", "Offset rejected by client.");
  }
}
