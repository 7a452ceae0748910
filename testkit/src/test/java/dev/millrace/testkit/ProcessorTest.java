package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Admin;
import dev.millrace.client.Deserializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.process.Handler;
import dev.millrace.client.process.Processor;
import dev.millrace.client.process.ProcessorOptions;
import dev.millrace.client.producer.ProducerRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@WithMillrace
class ProcessorTest {
  private static final ProcessorOptions QUICK =
      ProcessorOptions.DEFAULT.withAttempts(3, Duration.ofMillis(1)).withRecordsMax(50);

  private final TestBroker broker;

  ProcessorTest(TestBroker broker) {
    this.broker = broker;
  }

  @Test
  void keepsTheOrderOfKeysAndCommitsWhatIsDone() throws InterruptedException {
    broker.createTopic("keyed", 2);
    List<ProducerRecord<String, String>> records = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      records.add(ProducerRecord.of("keyed", "k" + i % 20, "" + i));
    }
    broker.produce(records);
    Map<String, List<String>> seen = new ConcurrentHashMap<>();
    CountDownLatch all = new CountDownLatch(records.size());
    Processor<String, String> processor =
        start(
            "keyed",
            record -> {
              List<String> mine =
                  seen.computeIfAbsent(String.valueOf(record.key()), key -> new ArrayList<>());
              mine.add(String.valueOf(record.value()));
              all.countDown();
            },
            QUICK);
    all.await();
    processor.close();
    for (int key = 0; key < 20; key++) {
      int first = key;
      assertThat(seen.get("k" + key))
          .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "" + (first + 20 * i)).toList());
    }
    assertThat(committed("keyed")).isEqualTo(1_000);
  }

  @Test
  void whatFailsGoesToTheDeadLetters() throws InterruptedException {
    broker.createTopic("mixed", 1);
    broker.createTopic("dead", 1);
    broker.produce("mixed", "good", "bad", "good again");
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(2);
    Processor<String, String> processor =
        start(
            "mixed",
            record -> {
              if ("bad".equals(record.value())) {
                attempts.incrementAndGet();
                throw new IllegalArgumentException("no");
              }
              done.countDown();
            },
            QUICK.withDeadLetterTopic("dead"));
    done.await();
    processor.close();
    assertThat(attempts).hasValue(3);
    assertThat(broker.values("dead")).containsExactly("bad");
    assertThat(committed("mixed")).isEqualTo(3);
  }

  @Test
  void withoutDeadLettersItStopsAtTheRecord() {
    broker.createTopic("stopping", 1);
    broker.produce("stopping", "a", "b", "c");
    try (Processor<String, String> processor =
        start(
            "stopping",
            record -> {
              if ("b".equals(record.value())) {
                throw new IllegalStateException("broken");
              }
            },
            QUICK)) {
      assertThatThrownBy(processor::join)
          .hasMessageStartingWith(
              "record failed every attempt, partition=stopping-0 offset=1 attempts=3");
    }
    assertThat(committed("stopping")).isEqualTo(1);
  }

  private Processor<String, String> start(
      String topic, Handler<String, String> handler, ProcessorOptions options) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("group.id", topic + "-group");
    return Processor.start(
        settings,
        List.of(topic),
        new Processor.Reading<>(Deserializer.string(), Deserializer.string()),
        handler,
        options);
  }

  private long committed(String topic) {
    try (Admin admin = Admin.open(broker.clientSettings())) {
      Map<TopicPartition, Long> offsets = admin.groupOffsets(topic + "-group").join();
      return offsets.values().stream().mapToLong(offset -> offset).sum();
    }
  }
}
