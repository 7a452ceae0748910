package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.ClientException;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.RebalanceListener;
import dev.millrace.client.producer.Delivered;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Producer and consumer against a real node. */
@WithMillrace
class ClientsTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final TestBroker broker;

  ClientsTest(TestBroker broker) {
    this.broker = broker;
  }

  @Test
  void aRestartLosesAndDoublesNothing() {
    try (TestBroker own = TestBroker.start()) {
      own.createTopic("t", 1);
      List<String> sent = IntStream.range(0, 4_000).mapToObj(i -> "v" + i).toList();
      List<String> told = new ArrayList<>();
      try (Producer<String, String> producer = producer(own, Map.of("linger.ms", 1))) {
        for (int i = 0; i < sent.size(); i++) {
          String value = sent.get(i);
          producer.send(ProducerRecord.of("t", value), (delivered, fault) -> told.add(value));
          if (i == 1_500) {
            own.restart();
          }
        }
        producer.flush();
      }
      assertThat(told).isEqualTo(sent);
      assertThat(own.values("t")).isEqualTo(sent);
    }
  }

  /** Senders and the producer's own thread compress side by side. */
  @Test
  void threadsThatFillCompressedBatchesKeepTheirOrder() throws InterruptedException {
    int threads = 4;
    int count = 5_000;
    broker.createTopic("packed", 1);
    Map<String, Object> settings =
        Map.of("compression.type", "lz4", "batch.size", 2_000, "linger.ms", 20);
    try (Producer<String, String> producer = producer(broker, settings)) {
      List<Thread> senders = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String name = "sender" + i + "-";
        senders.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int n = 0; n < count; n++) {
                    producer.send(ProducerRecord.of("packed", name + n), (delivered, fault) -> {});
                  }
                }));
      }
      for (Thread sender : senders) {
        sender.join();
      }
    }
    List<String> values = broker.values("packed");
    assertThat(values).hasSize(threads * count);
    for (int i = 0; i < threads; i++) {
      String name = "sender" + i + "-";
      assertThat(values.stream().filter(value -> value.startsWith(name)))
          .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(n -> name + n).toList());
    }
  }

  @Test
  void mistakesAreToldInOneLineThatSaysWhatToDo() {
    broker.createTopic("mistakes", 1);
    assertThatThrownBy(() -> producer(broker, Map.of("sasl.mechanism", "PLAIN")))
        .hasMessageContaining("TLS and SASL are not there yet");
    assertThatThrownBy(() ->
            Producer.open(
                Map.of("bootstrap.server", "x:1"), Serializer.string(), Serializer.string()))
        .hasMessageContaining("name=bootstrap.server");
    @SuppressWarnings("unchecked") // the mistake is to be made
    Serializer<String> wrong = (Serializer<String>) (Serializer<?>) Serializer.int32();
    try (Producer<String, String> producer =
        Producer.open(broker.clientSettings(), Serializer.string(), wrong)) {
      assertThatThrownBy(() -> producer.send(ProducerRecord.of("mistakes", "text")))
          .isInstanceOf(ProducerException.Refused.class)
          .hasMessageContaining("give open the right one, topic=mistakes got=java.lang.String");
    }
  }

  @Test
  void aPollWithoutAnythingToReadIsSaid() {
    try (Consumer<String, String> consumer =
        Consumer.open(broker.clientSettings(), Deserializer.string(), Deserializer.string())) {
      assertThatThrownBy(() -> consumer.poll(SHORT))
          .hasMessage("nothing is to be read, subscribe or assign first");
    }
  }

  @Test
  void aCommitOfRecordsThatOthersHaveIsRefused() {
    broker.createTopic("late", 1);
    broker.produce("late", "a");
    Map<String, String> settings = new HashMap<>(broker.clientSettings());
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("group.id", "late");
    settings.put("max.poll.interval.ms", "300");
    try (Consumer<String, String> consumer =
        Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
      consumer.subscribe(List.of("late"));
      while (consumer.poll(SHORT).isEmpty()) {}
      while (!consumer.assignment().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(consumer::commit)
          .isInstanceOf(ConsumerException.Lost.class)
          .hasMessageContaining("poll more often");
    }
  }

  @Test
  void recordsAreReadWhereTheyLieAndOneThatFailsComesAgain() {
    broker.createTopic("in-place", 1);
    List<String> sent = IntStream.range(0, 3_000).mapToObj(i -> "v" + i).toList();
    try (Producer<String, String> producer = producer(broker, Map.of("compression.type", "lz4"))) {
      sent.forEach(value -> producer.send(ProducerRecord.of("in-place", "k", value)));
    }
    Map<String, String> settings = new HashMap<>(broker.clientSettings());
    settings.put("auto.offset.reset", "earliest");
    settings.put("max.poll.records", "7");
    List<String> got = new ArrayList<>();
    boolean[] hasFailed = {false};
    try (Consumer<String, String> consumer =
        Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
      TopicPartition partition = new TopicPartition("in-place", 0);
      consumer.assign(List.of(partition));
      while (got.size() < sent.size()) {
        try {
          int before = got.size();
          int count =
              consumer.poll(
                  SHORT,
                  record -> {
                    if (record.offset() == 1_234 && !hasFailed[0]) {
                      hasFailed[0] = true;
                      throw new IllegalStateException("the reader fails");
                    }
                    assertThat(record.offset()).isEqualTo(got.size());
                    assertThat(text(record.key())).isEqualTo("k");
                    got.add(text(record.value()));
                  });
          assertThat(count).isEqualTo(got.size() - before);
        } catch (IllegalStateException e) {
          assertThat(consumer.position(partition)).isEqualTo(1_234);
        }
      }
    }
    assertThat(hasFailed[0]).isTrue();
    assertThat(got).isEqualTo(sent);
  }

  private static String text(@Nullable ByteBuffer bytes) {
    return bytes == null ? "" : StandardCharsets.UTF_8.decode(bytes).toString();
  }

  @Test
  void offsetsAreToldInOrder() {
    broker.createTopic("told", 1);
    try (Producer<String, String> producer = producer(broker, Map.of("compression.type", "zstd"))) {
      List<CompletableFuture<Delivered>> fates = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        fates.add(producer.send(ProducerRecord.of("told", "x".repeat(300))));
      }
      producer.flush();
      assertThat(fates.stream().map(fate -> fate.join().offset()).toList())
          .isEqualTo(IntStream.range(0, 500).mapToObj(Long::valueOf).toList());
    }
  }

  @Test
  void anUnknownTopicIsSaidInOneLine() {
    try (TestBroker own = TestBroker.start(Map.of("auto.create.topics.enable", "false"));
        Producer<String, String> producer = producer(own, Map.of("max.block.ms", 200))) {
      assertThatThrownBy(() -> producer.send(ProducerRecord.of("nowhere", "x")))
          .isInstanceOf(ProducerException.Retriable.class)
          .hasMessage(
              "no answer in time, doing=topic nowhere waitedMs=200, does the topic exist and has it"
                  + " a leader?");
    }
  }

  @Test
  void aRecordThatIsTooLargeIsRefused() {
    broker.createTopic("small", 1, Map.of("max.message.bytes", "1000"));
    try (Producer<String, String> producer = producer(broker, Map.of("linger.ms", 50))) {
      CompletableFuture<Delivered> fits =
          producer.send(ProducerRecord.of("small", "x".repeat(400)));
      CompletableFuture<Delivered> fits2 =
          producer.send(ProducerRecord.of("small", "y".repeat(400)));
      CompletableFuture<Delivered> large =
          producer.send(ProducerRecord.of("small", "z".repeat(2_000)));
      CompletableFuture<Delivered> after = producer.send(ProducerRecord.of("small", "w"));
      producer.flush();
      assertThat(fits.join().offset()).isZero();
      assertThat(fits2.join().offset()).isEqualTo(1);
      assertThat(after.join().offset()).isEqualTo(2);
      assertThatThrownBy(large::join)
          .cause()
          .isInstanceOf(ProducerException.Refused.class)
          .hasMessageContaining("MESSAGE_TOO_LARGE");
    }
  }

  @Test
  void wrongSettingsAreRefused() {
    assertThatThrownBy(() -> producer(broker, Map.of("linger.m", "1")))
        .isInstanceOf(ClientException.class)
        .hasMessage("no such setting, name=linger.m, did you mean linger.ms?");
    assertThatThrownBy(() -> producer(broker, Map.of("acks", "0", "enable.idempotence", "true")))
        .hasMessageStartingWith("enable.idempotence=true needs acks=all");
  }

  @Test
  void aGroupGoesOnWhereItCommitted() {
    broker.createTopic("resumed", 1);
    broker.produce("resumed", "a", "b", "c");
    try (Consumer<String, String> consumer =
        consumer("resumed-group", Map.of("max.poll.records", 2))) {
      consumer.subscribe(List.of("resumed"));
      assertThat(values(consumer, 2)).containsExactly("a", "b");
    }
    try (Consumer<String, String> consumer = consumer("resumed-group", Map.of())) {
      consumer.subscribe(List.of("resumed"));
      assertThat(values(consumer, 1)).containsExactly("c");
      assertThat(consumer.lag().values()).allMatch(lag -> lag.records() == 0);
    }
  }

  @Test
  void partitionsMoveWithoutStoppingTheOthers() {
    divide("shared", Map.of("heartbeat.interval.ms", 50));
  }

  @Test
  void theCoordinatorDividesToo() {
    try (TestBroker own =
        TestBroker.start(
            Map.of(
                "group.consumer.heartbeat.interval.ms",
                "50",
                "group.consumer.min.heartbeat.interval.ms",
                "50"))) {
      new ClientsTest(own).divide("divided", Map.of("group.protocol", "consumer"));
    }
  }

  private void divide(String topic, Map<String, Object> quick) {
    broker.createTopic(topic, 4);
    List<TopicPartition> gone = new ArrayList<>();
    try (Consumer<String, String> one = consumer(topic + "-group", quick);
        Consumer<String, String> other = consumer(topic + "-group", quick)) {
      one.subscribe(
          List.of(topic),
          new RebalanceListener() {
            @Override
            public void revoked(Collection<TopicPartition> partitions) {
              gone.addAll(partitions);
            }
          });
      while (one.assignment().size() < 4) {
        one.poll(SHORT);
      }
      other.subscribe(List.of(topic));
      while (one.assignment().size() != 2 || other.assignment().size() != 2) {
        one.poll(SHORT);
        other.poll(SHORT);
      }
      assertThat(gone).hasSize(2);
      Set<TopicPartition> all = new TreeSet<>(one.assignment());
      all.addAll(other.assignment());
      assertThat(all).hasSize(4);
    }
  }

  @Test
  void seeksByTimeAndPauses() {
    broker.createTopic("timed", 1);
    TopicPartition partition = new TopicPartition("timed", 0);
    broker.produce(
        List.of(
            ProducerRecord.<String, String>of("timed", "early").at(1_000_000),
            ProducerRecord.<String, String>of("timed", "late").at(2_000_000)));
    try (Consumer<String, String> consumer = consumer(null, Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToTime(List.of(partition), Instant.ofEpochMilli(1_500_000));
      assertThat(values(consumer, 1)).containsExactly("late");
      consumer.seekToBeginning(List.of(partition));
      consumer.pause(List.of(partition));
      assertThat(consumer.poll(SHORT)).isEmpty();
      consumer.resume(List.of(partition));
      assertThat(values(consumer, 2)).containsExactly("early", "late");
    }
  }

  @Test
  void aPatternFindsTopicsThatComeLater() {
    broker.createTopic("logs-a", 1);
    try (Consumer<String, String> consumer =
        consumer("patterned", Map.of("metadata.max.age.ms", 100))) {
      consumer.subscribe(Pattern.compile("logs-.*"), RebalanceListener.NONE);
      broker.produce("logs-a", "1");
      assertThat(values(consumer, 1)).containsExactly("1");
      broker.createTopic("logs-b", 1);
      broker.produce("logs-b", "2");
      assertThat(values(consumer, 1)).containsExactly("2");
    }
  }

  @Test
  void noOffsetIsSaid() {
    broker.createTopic("nothing", 1);
    try (Consumer<String, String> consumer =
        consumer("no-offset", Map.of("auto.offset.reset", "none"))) {
      consumer.assign(List.of(new TopicPartition("nothing", 0)));
      assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
          .isInstanceOf(ConsumerException.NoOffset.class)
          .hasMessage(
              "no offset is committed, seek or set auto.offset.reset, partitions=[nothing-0]");
    }
  }

  @Test
  void wakeupEndsAPoll() {
    broker.createTopic("woken", 1);
    try (Consumer<String, String> consumer = consumer("woken", Map.of())) {
      consumer.assign(List.of(new TopicPartition("woken", 0)));
      consumer.wakeup();
      assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
          .isInstanceOf(ConsumerException.Woken.class);
    }
  }

  @Test
  void anUnreadableRecordIsNamedAndCanBeSkipped() {
    broker.createTopic("mixed", 1);
    broker.produce("mixed", "12345678", "short", "87654321");
    TopicPartition partition = new TopicPartition("mixed", 0);
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("auto.offset.reset", "earliest");
    try (Consumer<String, Long> consumer =
        Consumer.open(settings, Deserializer.string(), Deserializer.int64())) {
      consumer.assign(List.of(partition));
      List<Long> read = new ArrayList<>();
      while (read.isEmpty()) {
        consumer.poll(SHORT).forEach(record -> read.add(record.value()));
      }
      assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
          .isInstanceOf(ConsumerException.Unreadable.class)
          .hasMessageContaining("partition=mixed-0 offset=1");
      consumer.seek(partition, 2);
      while (read.size() < 2) {
        consumer.poll(SHORT).forEach(record -> read.add(record.value()));
      }
    }
  }

  private static Producer<String, String> producer(TestBroker broker, Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.putAll(more);
    return Producer.open(settings, Serializer.string(), Serializer.string());
  }

  private Consumer<String, String> consumer(String group, Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("auto.offset.reset", "earliest");
    if (group != null) {
      settings.put("group.id", group);
    }
    settings.putAll(more);
    return Consumer.open(settings, Deserializer.string(), Deserializer.string());
  }

  private static List<String> values(Consumer<String, String> consumer, int count) {
    List<String> values = new ArrayList<>();
    while (values.size() < count) {
      consumer.poll(SHORT).forEach(record -> values.add(String.valueOf(record.value())));
    }
    return values;
  }
}
