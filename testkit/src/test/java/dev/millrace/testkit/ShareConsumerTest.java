package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.Acknowledgement;
import dev.millrace.client.share.ShareConsumer;
import dev.millrace.client.share.ShareRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Our share consumer against a real node. */
@WithMillrace
class ShareConsumerTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final TestBroker broker;

  ShareConsumerTest(TestBroker broker) {
    this.broker = broker;
  }

  @Test
  void aPollAcceptsWhatTheOneBeforeHandedOut() {
    broker.createTopic("implicit", 1);
    Map<Long, ConsumerException> faults = new HashMap<>();
    Set<Long> heard = new TreeSet<>();
    try (ShareConsumer<String, String> consumer = implicit("implicit-group", Map.of())) {
      begin(consumer, "implicit");
      consumer.listen((partition, offsets, fault) -> {
        heard.addAll(offsets);
        offsets.forEach(offset -> faults.put(offset, fault));
      });
      broker.produce("implicit", "a", "b", "c");
      assertThat(values(consumer, 3)).containsExactly("a", "b", "c");
      assertThat(consumer.commit()).isEmpty();
      assertThat(heard).containsExactly(0L, 1L, 2L);
      assertThat(faults.values()).containsOnlyNulls();
      assertThat(consumer.lockTimeoutMs()).isPositive();
      broker.produce("implicit", "d");
      assertThat(values(consumer, 1)).containsExactly("d");
    }
    try (ShareConsumer<String, String> again = implicit("implicit-group", Map.of())) {
      again.subscribe(List.of("implicit"));
      // nobody said that d is done
      List<ShareRecord<String, String>> records = poll(again, 1);
      assertThat(records).extracting(ShareRecord::value).containsExactly("d");
      assertThat(records.getFirst().deliveries()).isEqualTo(2);
    }
  }

  @Test
  void everyAcknowledgementDoesWhatItSays() {
    broker.createTopic("explicit", 1);
    try (ShareConsumer<String, String> consumer = explicit("explicit-group", Map.of())) {
      begin(consumer, "explicit");
      broker.produce("explicit", "accept", "release", "reject", "renew");
      List<ShareRecord<String, String>> records = poll(consumer, 4);
      assertThatThrownBy(() -> consumer.poll(SHORT))
          .hasMessage("acknowledge every record of the last poll before the next, missing=4");
      for (ShareRecord<String, String> record : records) {
        consumer.acknowledge(
            record, Acknowledgement.valueOf(String.valueOf(record.value()).toUpperCase()));
      }
      assertThat(consumer.commit()).isEmpty();
      assertThatThrownBy(() -> consumer.acknowledge(records.getFirst()))
          .isInstanceOf(IllegalStateException.class);
      List<ShareRecord<String, String>> again = poll(consumer, 1);
      assertThat(again).extracting(ShareRecord::value).containsExactly("release");
      assertThat(again.getFirst().deliveries()).isEqualTo(2);
      consumer.acknowledge(again.getFirst());
      consumer.acknowledge(records.get(3)); // renewed, and done now
      assertThat(consumer.commit()).isEmpty();
      broker.produce("explicit", "last");
      assertThat(poll(consumer, 1)).extracting(ShareRecord::value).containsExactly("last");
    }
  }

  @Test
  void membersShareAPartitionAndNothingIsDoneTwice() {
    broker.createTopic("queue", 2);
    int count = 400;
    Set<String> done = new HashSet<>();
    try (ShareConsumer<String, String> one =
            implicit("queue-group", Map.of("max.poll.records", 7));
        ShareConsumer<String, String> other =
            implicit("queue-group", Map.of("max.poll.records", 11))) {
      begin(one, "queue");
      begin(other, "queue");
      broker.produce(
          IntStream.range(0, count)
              .mapToObj(i -> ProducerRecord.<String, String>of("queue", "k" + i, "v" + i))
              .toList());
      List<String> given = new ArrayList<>();
      while (given.size() < count) {
        one.poll(SHORT).forEach(record -> given.add(record.value()));
        other.poll(SHORT).forEach(record -> given.add(record.value()));
      }
      done.addAll(given);
      assertThat(done).hasSize(count);
      assertThat(given).hasSize(count);
      assertThat(one.commit()).isEmpty();
      assertThat(other.commit()).isEmpty();
    }
  }

  @Test
  void whatAClosedMemberHadComesToOthers() {
    broker.createTopic("given-back", 1);
    try (ShareConsumer<String, String> other = explicit("back-group", Map.of())) {
      begin(other, "given-back");
      try (ShareConsumer<String, String> one = explicit("back-group", Map.of())) {
        begin(one, "given-back");
        broker.produce("given-back", "a", "b");
        List<ShareRecord<String, String>> records = poll(one, 2);
        one.acknowledge(records.getFirst());
      }
      assertThat(poll(other, 1)).extracting(ShareRecord::value).containsExactly("b");
    }
  }

  @Test
  void anUnreadableRecordIsReleasedAndTheOthersAreHandedOut() {
    broker.createTopic("mixed-share", 1);
    Map<String, Object> settings = settings("mixed-group", Map.of());
    try (ShareConsumer<String, Long> consumer =
        ShareConsumer.open(settings, Deserializer.string(), Deserializer.int64())) {
      consumer.subscribe(List.of("mixed-share"));
      while (consumer.assignment().isEmpty()) {
        consumer.poll(SHORT);
      }
      consumer.poll(SHORT);
      try (Producer<String, String> producer =
          Producer.open(broker.clientSettings(), Serializer.string(), Serializer.string())) {
        producer.send(ProducerRecord.of("mixed-share", "short"));
        producer.send(ProducerRecord.of("mixed-share", "87654321"));
      }
      assertThatThrownBy(
              () -> {
                while (consumer.poll(SHORT).isEmpty()) {}
              })
          .isInstanceOf(ConsumerException.Unreadable.class)
          .hasMessageContaining("released, partition=mixed-share-0 offset=0");
      assertThat(consumer.poll(Duration.ofSeconds(30))).hasSize(1);
    }
  }

  @Test
  void aRestartOfTheNodeLosesNothing() {
    try (TestBroker own = TestBroker.start()) {
      own.createTopic("t", 1);
      Map<String, Object> settings = new HashMap<>(own.clientSettings());
      settings.put("group.id", "g");
      settings.put("max.poll.records", 10);
      try (ShareConsumer<String, String> consumer =
          ShareConsumer.open(settings, Deserializer.string(), Deserializer.string())) {
        begin(consumer, "t");
        List<String> sent = IntStream.range(0, 100).mapToObj(i -> "v" + i).toList();
        own.produce("t", sent.toArray(String[]::new));
        Set<String> seen = new TreeSet<>();
        int polls = 0;
        while (seen.size() < sent.size()) {
          consumer.poll(Duration.ofMillis(200)).forEach(record -> seen.add(record.value()));
          polls++;
          if (polls == 4) {
            own.restart();
          }
        }
        assertThat(seen).containsAll(sent);
      }
    }
  }

  @Test
  void misuseIsSaid() {
    assertThatThrownBy(() ->
            ShareConsumer.open(
                broker.clientSettings(), Deserializer.string(), Deserializer.string()))
        .hasMessage("set group.id to the share group");
    try (ShareConsumer<String, String> consumer = implicit("misuse", Map.of())) {
      consumer.wakeup();
      assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30)))
          .isInstanceOf(ConsumerException.Woken.class);
    }
  }

  /** Waits until the group reads from its starting point, which is the end. */
  private static void begin(ShareConsumer<String, String> consumer, String topic) {
    consumer.subscribe(List.of(topic));
    while (consumer.assignment().isEmpty()) {
      consumer.poll(SHORT);
    }
    while (consumer.lockTimeoutMs() < 0) {
      consumer.poll(SHORT);
    }
  }

  private static List<ShareRecord<String, String>> poll(
      ShareConsumer<String, String> consumer, int count) {
    List<ShareRecord<String, String>> records = new ArrayList<>();
    while (records.isEmpty()) {
      records.addAll(consumer.poll(SHORT));
    }
    assertThat(records).hasSize(count);
    return records;
  }

  private static List<String> values(ShareConsumer<String, String> consumer, int count) {
    return poll(consumer, count).stream().map(ShareRecord::value).map(String::valueOf).toList();
  }

  private ShareConsumer<String, String> implicit(String group, Map<String, ?> more) {
    return ShareConsumer.open(settings(group, more), Deserializer.string(), Deserializer.string());
  }

  private ShareConsumer<String, String> explicit(String group, Map<String, ?> more) {
    Map<String, Object> settings = settings(group, more);
    settings.put("share.acknowledgement.mode", "explicit");
    return ShareConsumer.open(settings, Deserializer.string(), Deserializer.string());
  }

  private Map<String, Object> settings(String group, Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.put("group.id", group);
    settings.put("fetch.max.wait.ms", 100);
    settings.putAll(more);
    return settings;
  }
}
