package dev.millrace.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.producer.ProducerRecord;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestBrokerTest {
  @TempDir private Path folder;

  @Test
  void keepsWhatWasWrittenOverARestart() {
    try (TestBroker broker = TestBroker.start()) {
      broker.createTopic("orders", 1);
      broker.produce("orders", "a", "b");
      String address = broker.bootstrapServers();
      broker.restart();
      broker.produce("orders", "c");
      assertThat(broker.bootstrapServers()).isEqualTo(address);
      assertThat(broker.values("orders")).containsExactly("a", "b", "c");
    }
  }

  @Test
  void leavesNothingBehind() {
    TestBroker broker = TestBroker.start();
    Path directory = broker.directory();
    assertThat(directory).isDirectory();
    broker.close();
    broker.close();
    assertThat(directory).doesNotExist();
  }

  @Test
  void aDirectoryOfTheTestStays() {
    try (TestBroker broker = TestBroker.startIn(folder, Map.of())) {
      broker.createTopic("kept", 1);
      broker.produce("kept", "x");
    }
    try (TestBroker broker = TestBroker.startIn(folder, Map.of())) {
      assertThat(broker.values("kept")).containsExactly("x");
    }
  }

  @Test
  void aTopicThatIsNotThereHasNoValues() {
    try (TestBroker broker = TestBroker.start()) {
      assertThatThrownBy(() -> broker.values("order")).hasMessageContaining("topic=order");
      broker.createTopic("orders", 1);
      assertThat(broker.values("orders")).isEmpty();
    }
  }

  @Test
  void saysWhenItIsStopped() {
    try (TestBroker broker = TestBroker.start()) {
      broker.stop();
      assertThatThrownBy(broker::bootstrapServers)
          .hasMessage("broker is stopped, call resume first");
      broker.resume();
      broker.createTopic("t", 2);
      assertThat(broker.records("t")).isEmpty();
    }
  }

  @Test
  void keysDecideThePartition() {
    try (TestBroker broker = TestBroker.start()) {
      broker.createTopic("t", 5);
      broker.produce(
          List.of(
              ProducerRecord.of("t", "k", "1"),
              ProducerRecord.of("t", "k", "2"),
              ProducerRecord.of("t", "other", "3")));
      int theirs = BuiltInPartitioner.partitionForKey("k".getBytes(UTF_8), 5);
      assertThat(broker.records("t").stream().filter(record -> "k".equals(record.key())).toList())
          .extracting(record -> record.partition().partition() + " " + record.value())
          .containsExactly(theirs + " 1", theirs + " 2");
    }
  }

  @Test
  void apacheClientsConnect() {
    try (TestBroker broker = TestBroker.start()) {
      Properties settings = new Properties();
      settings.putAll(broker.clientSettings());
      try (var producer =
          new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
        producer.send(new org.apache.kafka.clients.producer.ProducerRecord<>("t", "k", "theirs"));
      }
      broker.produce("t", "ours");
      Map<String, Object> reading = new HashMap<>(broker.clientSettings());
      reading.put("group.id", "g");
      reading.put("auto.offset.reset", "earliest");
      try (var consumer =
          new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
        consumer.subscribe(List.of("t"));
        List<String> values = new java.util.ArrayList<>();
        while (values.size() < 2) {
          consumer
              .poll(java.time.Duration.ofMillis(100))
              .forEach(record -> values.add(record.value()));
        }
        assertThat(values).containsExactly("theirs", "ours");
      }
    }
  }
}
