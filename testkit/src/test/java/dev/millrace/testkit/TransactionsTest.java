package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Deserializer;
import dev.millrace.client.GroupMember;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** Transactions of our producer against a real node, with both ways that partitions join them. */
@WithMillrace
class TransactionsTest {
  private final TestBroker broker;

  TransactionsTest(TestBroker broker) {
    this.broker = broker;
  }

  @Test
  void whatIsCommittedIsThereAndWhatIsAbortedIsNot() {
    commitAndAbort(broker, "both");
  }

  @Test
  void theSameWherePartitionsAreNamedFirst() {
    try (TestBroker old = TestBroker.start();
        var admin =
            org.apache.kafka.clients.admin.Admin.create(new HashMap<>(old.clientSettings()))) {
      admin
          .updateFeatures(
              Map.of(
                  "transaction.version",
                  new org.apache.kafka.clients.admin.FeatureUpdate(
                      (short) 1,
                      org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType.SAFE_DOWNGRADE)),
              new org.apache.kafka.clients.admin.UpdateFeaturesOptions())
          .all()
          .get();
      commitAndAbort(old, "old");
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static void commitAndAbort(TestBroker broker, String topic) {
    broker.createTopic(topic, 2);
    try (Producer<String, String> producer = producer(broker, topic)) {
      producer.initTransactions();
      List<String> expected = new ArrayList<>();
      for (int round = 0; round < 6; round++) {
        producer.beginTransaction();
        for (int i = 0; i < 5; i++) {
          String value = "v" + round + "-" + i;
          producer.send(ProducerRecord.<String, String>of(topic, value).to(i % 2));
        }
        if (round % 2 == 0) {
          producer.commitTransaction();
          for (int i = 0; i < 5; i++) {
            expected.add("v" + round + "-" + i);
          }
        } else {
          producer.flush();
          producer.abortTransaction();
        }
      }
      assertThat(broker.values(topic)).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(theirs(broker, topic)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aSecondProducerFencesTheFirst() {
    broker.createTopic("fenced", 1);
    try (Producer<String, String> first = producer(broker, "place");
        Producer<String, String> second = producer(broker, "place")) {
      first.initTransactions();
      first.beginTransaction();
      first.send(ProducerRecord.of("fenced", "lost"));
      first.flush();
      second.initTransactions();
      second.beginTransaction();
      second.send(ProducerRecord.of("fenced", "kept"));
      second.commitTransaction();
      assertThatThrownBy(first::commitTransaction)
          .isInstanceOf(ProducerException.Fenced.class)
          .hasMessageContaining("another producer has this transactional.id");
      assertThatThrownBy(() -> first.send(ProducerRecord.of("fenced", "x")))
          .isInstanceOf(ProducerException.Fenced.class);
    }
    assertThat(broker.values("fenced")).containsExactly("kept");
  }

  @Test
  void aRefusedRecordLetsTheTransactionOnlyBeAborted() {
    broker.createTopic("spoilt", 1, Map.of("max.message.bytes", "1000"));
    try (Producer<String, String> producer = producer(broker, "spoilt")) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(ProducerRecord.of("spoilt", "fits"));
      producer.send(ProducerRecord.of("spoilt", "x".repeat(2_000)));
      assertThatThrownBy(producer::commitTransaction)
          .isInstanceOf(ProducerException.Abortable.class)
          .hasMessageContaining("MESSAGE_TOO_LARGE");
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(ProducerRecord.of("spoilt", "next"));
      producer.commitTransaction();
    }
    assertThat(broker.values("spoilt")).containsExactly("next");
  }

  @Test
  void misuseIsSaid() {
    try (Producer<String, String> producer = producer(broker, "misuse")) {
      assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", "x")))
          .hasMessage("call initTransactions first");
      producer.initTransactions();
      assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", "x")))
          .hasMessage("no transaction is open, call beginTransaction");
      producer.beginTransaction();
      assertThatThrownBy(producer::beginTransaction)
          .hasMessage("a transaction is open, commit or abort it first");
      producer.commitTransaction();
    }
  }

  @Test
  void aMemberOfAFormerGenerationCommitsNothing() {
    broker.createTopic("in-stale", 1);
    broker.produce("in-stale", "a");
    try (Consumer<String, String> consumer = consumer("stale-group");
        Producer<String, String> producer = producer(broker, "stale")) {
      consumer.subscribe(List.of("in-stale"));
      while (consumer.poll(Duration.ofMillis(50)).isEmpty()) {}
      GroupMember now = consumer.groupMember();
      assertThat(now.generation()).isPositive();
      GroupMember then = new GroupMember(now.group(), now.generation() - 1, now.memberId(), null);
      producer.initTransactions();
      producer.beginTransaction();
      assertThatThrownBy(
              () -> producer.sendOffsets(Map.of(new TopicPartition("in-stale", 0), 1L), then))
          .isInstanceOf(ProducerException.Abortable.class);
      producer.abortTransaction();
    }
  }

  /** Read, process, write, with the node stopped and started again in the middle. */
  @Test
  void everyRecordIsProcessedExactlyOnceOverRestarts() {
    try (TestBroker own = TestBroker.start()) {
      own.createTopic("in", 2);
      own.createTopic("out", 2);
      int count = 300;
      own.produce(
          IntStream.range(0, count)
              .mapToObj(i -> ProducerRecord.<String, String>of("in", "k" + i, "v" + i))
              .toList());
      int restarts = 0;
      int done = 0;
      while (done < count) {
        try (Consumer<String, String> consumer = own(own, "exactly");
            Producer<String, String> producer = producer(own, "exactly")) {
          producer.initTransactions();
          consumer.subscribe(List.of("in"));
          for (int turn = 0; turn < 8 && done < count; turn++) {
            boolean restarts2 = turn == 5 && restarts < 2;
            done += transform(consumer, producer, restarts2 ? own::restart : () -> {});
            restarts += restarts2 ? 1 : 0;
          }
        }
      }
      assertThat(own.values("out"))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, count).mapToObj(i -> "v" + i + "!").toList());
    }
  }

  private static int transform(
      Consumer<String, String> consumer, Producer<String, String> producer, Runnable meanwhile) {
    List<ConsumerRecord<String, String>> records = consumer.poll(Duration.ofMillis(100));
    if (records.isEmpty()) {
      return 0;
    }
    Map<TopicPartition, Long> offsets = new TreeMap<>();
    producer.beginTransaction();
    for (ConsumerRecord<String, String> record : records) {
      producer.send(ProducerRecord.of("out", record.key(), record.value() + "!"));
      offsets.put(record.partition(), record.offset() + 1);
    }
    meanwhile.run();
    try {
      producer.sendOffsets(offsets, consumer.groupMember());
      producer.commitTransaction();
      return records.size();
    } catch (ProducerException.Abortable e) {
      producer.abortTransaction();
      consumer.committed(offsets.keySet()).forEach(consumer::seek);
      offsets.keySet().stream()
          .filter(partition -> consumer.committed(List.of(partition)).isEmpty())
          .forEach(partition -> consumer.seek(partition, 0));
      return 0;
    }
  }

  private static List<String> theirs(TestBroker broker, String topic) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("group.id", "theirs-" + topic);
    settings.put("auto.offset.reset", "earliest");
    settings.put("isolation.level", "read_committed");
    List<String> values = new ArrayList<>();
    int expected = broker.values(topic).size();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (values.size() < expected) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }

  private static Producer<String, String> producer(TestBroker broker, String id) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("transactional.id", id);
    return Producer.open(settings, Serializer.string(), Serializer.string());
  }

  private Consumer<String, String> consumer(String group) {
    return own(broker, group);
  }

  private static Consumer<String, String> own(TestBroker broker, String group) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("group.id", group);
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("isolation.level", "read_committed");
    settings.put("max.poll.records", 20);
    return Consumer.open(settings, Deserializer.string(), Deserializer.string());
  }
}
