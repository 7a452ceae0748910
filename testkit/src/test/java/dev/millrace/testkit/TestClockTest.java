package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.ShareConsumer;
import dev.millrace.client.share.ShareRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What happens when time passes that nobody waits for. */
class TestClockTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  @Test
  void aTransactionRunsOutOfTime() {
    try (TestBroker broker = TestBroker.start()) {
      broker.createTopic("bills", 1);
      Map<String, String> writing = new TreeMap<>(broker.clientSettings());
      writing.put("transactional.id", "billing");
      try (Producer<String, String> producer =
          Producer.open(writing, Serializer.string(), Serializer.string())) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(ProducerRecord.of("bills", "late")).join();
        broker.advance(HOUR);
        broker.produce("bills", "other");
        // readers of committed records go on once the transaction has ended
        assertThat(broker.values("bills")).containsExactly("other");
        assertThatThrownBy(producer::commitTransaction)
            .isInstanceOfAny(ProducerException.Fenced.class, ProducerException.Abortable.class);
      }
    }
  }

  @Test
  void recordsBecomeOld() {
    try (TestBroker broker =
        TestBroker.start(Map.of("log.retention.check.interval.ms", "300000"))) {
      broker.createTopic("news", 1, Map.of("retention.ms", "3600000"));
      broker.produce("news", "old");
      while (!broker.values("news").isEmpty()) {
        broker.advance(HOUR);
      }
      broker.produce("news", "fresh");
      assertThat(broker.values("news")).containsExactly("fresh");
    }
  }

  @Test
  void aLockedRecordIsHandedOutAgain() {
    try (TestBroker broker = TestBroker.start()) {
      broker.createTopic("mails", 1);
      try (var first = sharing(broker);
          var second = sharing(broker)) {
        while (first.lockTimeoutMs() < 0) {
          first.poll(SHORT); // the group begins behind what was there before
        }
        broker.produce("mails", "hello");
        assertThat(await(first)).extracting(ShareRecord::value).containsExactly("hello");
        broker.advance(HOUR);
        List<ShareRecord<String, String>> again = await(second);
        assertThat(again).extracting(ShareRecord::value).containsExactly("hello");
      }
    }
  }

  private static List<ShareRecord<String, String>> await(ShareConsumer<String, String> consumer) {
    List<ShareRecord<String, String>> records = List.of();
    while (records.isEmpty()) {
      records = consumer.poll(SHORT);
    }
    return records;
  }

  private static ShareConsumer<String, String> sharing(TestBroker broker) {
    Map<String, String> settings = new TreeMap<>(broker.clientSettings());
    settings.put("group.id", "mailers");
    settings.put("share.acknowledgement.mode", "explicit");
    ShareConsumer<String, String> consumer =
        ShareConsumer.open(settings, Deserializer.string(), Deserializer.string());
    consumer.subscribe(List.of("mails"));
    return consumer;
  }

  @Test
  void aClusterSleepsAndGoesOn() {
    try (TestCluster cluster = TestCluster.start(3)) {
      cluster.createTopic("t", 3);
      send(cluster, "before");
      cluster.advance(HOUR);
      send(cluster, "after");
    }
  }

  private static void send(TestCluster cluster, String value) {
    try (Producer<String, String> producer =
        Producer.open(cluster.clientSettings(), Serializer.string(), Serializer.string())) {
      for (int partition = 0; partition < 3; partition++) {
        ProducerRecord<String, String> record = ProducerRecord.of("t", value);
        assertThat(producer.send(record.to(partition)).join().offset()).isNotNegative();
      }
    }
  }

  @Test
  void timeDoesNotGoBack() {
    try (TestBroker broker = TestBroker.start()) {
      assertThatThrownBy(() -> broker.advance(Duration.ofMillis(-1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("only moves forward");
    }
  }
}
