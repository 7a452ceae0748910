package dev.millrace.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.Millrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache's transactional producers on a node, in both versions of the protocol. */
class TransactionsTest {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final TopicPartition IN = new TopicPartition("in", 0);
  private static final TopicPartition OUT = new TopicPartition("out", 0);

  private final List<AutoCloseable> open = new ArrayList<>();
  private Millrace node;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    start("2");
  }

  private void start(String version) throws Exception {
    node =
        Millrace.start(
            Map.of(
                "feature:transaction.version", version, "group.initial.rebalance.delay.ms", "0"));
    admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()));
    admin
        .createTopics(List.of(new NewTopic("in", 1, (short) 1), new NewTopic("out", 1, (short) 1)))
        .all()
        .get();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    admin.close();
    node.close();
  }

  private KafkaProducer<String, String> producer() {
    KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                node.bootstrapServers(),
                "transactional.id",
                "app",
                "transaction.timeout.ms",
                20_000),
            new StringSerializer(),
            new StringSerializer());
    open.add(producer);
    return producer;
  }

  private KafkaConsumer<String, String> consumer(String isolation, TopicPartition partition) {
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                node.bootstrapServers(),
                "group.id",
                "transformers",
                "isolation.level",
                isolation,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false),
            new StringDeserializer(),
            new StringDeserializer());
    open.add(consumer);
    consumer.assign(List.of(partition));
    return consumer;
  }

  /** Everything that there is to read, up to the end as this consumer sees it. */
  private static List<String> all(
      KafkaConsumer<String, String> consumer, TopicPartition partition) {
    consumer.seekToBeginning(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    List<String> values = new ArrayList<>();
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
        values.add(record.value());
      }
    }
    return values;
  }

  private static List<String> numbers(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2"})
  void consumeTransformProduce(String version) throws Exception {
    stop();
    open.clear();
    start(version);
    try (KafkaProducer<String, String> feed =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", node.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      numbers("i", 50).forEach(value -> feed.send(new ProducerRecord<>("in", value)));
    }
    KafkaProducer<String, String> producer = producer();
    producer.initTransactions();
    KafkaConsumer<String, String> input = consumer("read_committed", IN);
    for (int round = 0; round < 10; round++) {
      transform(input, producer, false);
      transform(input, producer, true);
    }
    List<String> committed = all(consumer("read_committed", OUT), OUT);
    assertThat(committed).isEqualTo(numbers("i", 50));
    // a producer that aborts keeps back what it has not sent yet
    assertThat(all(consumer("read_uncommitted", OUT), OUT)).hasSizeBetween(50, 100);
    assertThat(admin.listConsumerGroupOffsets("transformers").partitionsToOffsetAndMetadata().get())
        .containsEntry(IN, new OffsetAndMetadata(50, Optional.empty(), ""));
  }

  /** Takes the next five inputs from where the group stands; commits them with the output. */
  private static void transform(
      KafkaConsumer<String, String> input, KafkaProducer<String, String> producer, boolean commit) {
    OffsetAndMetadata from = input.committed(Set.of(IN)).get(IN);
    long next = from == null ? 0 : from.offset();
    input.seek(IN, next);
    producer.beginTransaction();
    long last = next + 5;
    while (next < last) {
      for (ConsumerRecord<String, String> record : input.poll(POLL)) {
        if (next < last) {
          producer.send(new ProducerRecord<>("out", record.value()));
          next = record.offset() + 1;
        }
      }
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    offsets.put(IN, new OffsetAndMetadata(next));
    producer.sendOffsetsToTransaction(offsets, input.groupMetadata());
    if (commit) {
      producer.commitTransaction();
    } else {
      producer.abortTransaction();
    }
  }

  @Test
  void aSuccessorFencesAndWhatWasOpenIsNeverSeen() {
    KafkaProducer<String, String> first = producer();
    first.initTransactions();
    first.beginTransaction();
    first.send(new ProducerRecord<>("out", "lost"));
    first.flush();
    KafkaProducer<String, String> second = producer();
    second.initTransactions();
    second.beginTransaction();
    second.send(new ProducerRecord<>("out", "kept"));
    second.commitTransaction();
    assertThatThrownBy(first::commitTransaction).isInstanceOf(ProducerFencedException.class);
    second.beginTransaction();
    second.send(new ProducerRecord<>("out", "too"));
    second.commitTransaction();
    KafkaConsumer<String, String> reader = consumer("read_committed", OUT);
    List<String> seen = new ArrayList<>();
    while (seen.size() < 2) {
      reader.poll(POLL).forEach(record -> seen.add(record.value()));
    }
    assertThat(seen).containsExactly("kept", "too");
  }

  @Test
  void toolsFindAndAbortAHangingTransaction() throws Exception {
    KafkaProducer<String, String> producer = producer();
    producer.initTransactions();
    producer.beginTransaction();
    producer.send(new ProducerRecord<>("out", "hangs"));
    producer.flush();
    assertThat(admin.listTransactions().all().get())
        .singleElement()
        .satisfies(one -> assertThat(one.state()).isEqualTo(TransactionState.ONGOING));
    assertThat(admin.describeTransactions(List.of("app")).all().get().get("app").topicPartitions())
        .containsExactly(OUT);
    ProducerState state =
        admin.describeProducers(List.of(OUT)).all().get().get(OUT).activeProducers().getFirst();
    assertThat(state.currentTransactionStartOffset()).hasValue(0);
    admin
        .abortTransaction(
            new AbortTransactionSpec(
                OUT,
                state.producerId(),
                (short) state.producerEpoch(),
                state.coordinatorEpoch().orElse(0)))
        .all()
        .get();
    KafkaConsumer<String, String> reader = consumer("read_committed", OUT);
    assertThat(reader.endOffsets(List.of(OUT)).get(OUT)).isEqualTo(2);
    assertThat(all(reader, OUT)).isEmpty();
  }
}
