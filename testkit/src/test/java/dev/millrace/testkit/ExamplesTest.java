package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.Admin;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.process.Processor;
import dev.millrace.client.process.ProcessorOptions;
import dev.millrace.client.producer.Delivered;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.Acknowledgement;
import dev.millrace.client.share.ShareConsumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The examples of docs/client.md: they work, and they stand there as they stand here. */
@WithMillrace
class ExamplesTest {
  private final TestBroker broker;
  private final String bootstrap;

  ExamplesTest(TestBroker broker) {
    this.broker = broker;
    this.bootstrap = broker.bootstrapServers();
  }

  @Test
  void firstProgram() {
    // example
    try (var producer =
        Producer.open(
            Map.of("bootstrap.servers", bootstrap), Serializer.string(), Serializer.string())) {
      producer.send(ProducerRecord.of("shop", "customer 7", "3 apples"));
    }
    Map<String, String> reader =
        Map.of(
            "bootstrap.servers", bootstrap,
            "group.id", "shop-reader",
            "auto.offset.reset", "earliest");
    try (var consumer = Consumer.open(reader, Deserializer.string(), Deserializer.string())) {
      consumer.subscribe(List.of("shop"));
      for (int seen = 0; seen == 0; ) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          System.out.println(record.key() + ": " + record.value());
          seen++;
        }
      }
    }
    // end
    assertThat(broker.values("shop")).containsExactly("3 apples");
  }

  @Test
  void writing() {
    // example
    try (var producer =
        Producer.open(
            Map.of("bootstrap.servers", bootstrap), Serializer.string(), Serializer.string())) {
      CompletableFuture<Delivered> fate =
          producer.send(ProducerRecord.of("sales", "customer 7", "3 apples"));
      producer.send(
          ProducerRecord.of("sales", "customer 8", "1 pear"),
          (delivered, fault) -> System.out.println(delivered == null ? fault : delivered));
      producer.flush();
      System.out.println("at offset " + fate.join().offset());
    }
    // end
    assertThat(broker.values("sales")).containsExactlyInAnyOrder("3 apples", "1 pear");
  }

  @Test
  void processing() {
    broker.createTopic("jobs", 2);
    broker.produce(
        List.of(ProducerRecord.of("jobs", "a", "1"), ProducerRecord.of("jobs", "b", "2")));
    Set<String> handled = ConcurrentHashMap.newKeySet();
    // example
    var processor =
        Processor.start(
            Map.of("bootstrap.servers", bootstrap, "group.id", "processing"),
            List.of("jobs"),
            new Processor.Reading<>(Deserializer.string(), Deserializer.string()),
            record -> handled.add(record.key() + ": " + record.value()),
            ProcessorOptions.DEFAULT.withDeadLetterTopic("jobs-failed"));
    while (handled.size() < 2) {
      Thread.onSpinWait(); // a program waits with processor.join()
    }
    processor.close();
    // end
    assertThat(handled).containsExactlyInAnyOrder("a: 1", "b: 2");
  }

  @Test
  void readProcessWrite() {
    broker.createTopic("orders", 1);
    broker.createTopic("bills", 1);
    broker.produce("orders", "3 apples", "2 pears");
    // example
    Map<String, String> reading =
        Map.of(
            "bootstrap.servers", bootstrap,
            "group.id", "billing",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false",
            "isolation.level", "read_committed");
    Map<String, String> writing =
        Map.of("bootstrap.servers", bootstrap, "transactional.id", "billing-1");
    try (var consumer = Consumer.open(reading, Deserializer.string(), Deserializer.string());
        Producer<String, String> producer =
            Producer.open(writing, Serializer.string(), Serializer.string())) {
      producer.initTransactions();
      consumer.subscribe(List.of("orders"));
      for (int billed = 0; billed < 2; ) {
        var records = consumer.poll(Duration.ofSeconds(1));
        Map<TopicPartition, Long> done = new TreeMap<>();
        producer.beginTransaction();
        for (var record : records) {
          producer.send(ProducerRecord.of("bills", record.key(), "bill for " + record.value()));
          done.put(record.partition(), record.offset() + 1);
        }
        try {
          producer.sendOffsets(done, consumer.groupMember());
          producer.commitTransaction();
          billed += records.size();
        } catch (ProducerException.Abortable e) {
          producer.abortTransaction();
          consumer.committed(done.keySet()).forEach(consumer::seek);
        }
      }
    }
    // end
    assertThat(broker.values("bills")).containsExactly("bill for 3 apples", "bill for 2 pears");
  }

  @Test
  void queue() {
    broker.createTopic("mails", 1);
    List<String> sent = new ArrayList<>();
    boolean[] isWritten = {false};
    // example
    Map<String, String> settings =
        Map.of(
            "bootstrap.servers", bootstrap,
            "group.id", "mailers",
            "share.acknowledgement.mode", "explicit");
    try (var consumer =
        ShareConsumer.open(settings, Deserializer.string(), Deserializer.string())) {
      consumer.subscribe(List.of("mails"));
      while (sent.size() < 2) {
        for (var mail : consumer.poll(Duration.ofMillis(100))) {
          boolean isSent = sent.add(mail.value());
          consumer.acknowledge(mail, isSent ? Acknowledgement.ACCEPT : Acknowledgement.RELEASE);
        }
        // end
        if (!isWritten[0] && consumer.lockTimeoutMs() > 0) {
          isWritten[0] = true;
          broker.produce("mails", "a", "b");
        }
        // example
      }
    }
    // end
    assertThat(sent).containsExactly("a", "b");
  }

  @Test
  void reading() {
    broker.createTopic("parcels", 1);
    broker.produce("parcels", "3 apples");
    // example
    Map<String, String> settings =
        Map.of(
            "bootstrap.servers", bootstrap,
            "group.id", "packing",
            "auto.offset.reset", "earliest");
    List<String> packed = new ArrayList<>();
    try (var consumer = Consumer.open(settings, Deserializer.string(), Deserializer.string())) {
      consumer.subscribe(List.of("parcels"));
      while (packed.isEmpty()) { // a program reads until it is told to stop
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          packed.add(record.value());
        }
      }
    }
    // end
    assertThat(packed).containsExactly("3 apples");
  }

  @Test
  void administration() {
    // example
    try (Admin admin = Admin.open(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopic("prices", 3, 1, Map.of("retention.ms", "86400000")).join();
      admin.describeCluster().thenAccept(view -> System.out.println(view.topics().keySet())).join();
      admin.deleteRecords(Map.of(new TopicPartition("prices", 0), 0L)).join();
    }
    // end
  }

  @Test
  void theGuideSaysTheSame() throws IOException {
    String guide = Files.readString(root().resolve("docs/client.md"));
    String here =
        Files.readString(
            root().resolve("testkit/src/test/java/dev/millrace/testkit/ExamplesTest.java"));
    StringBuilder example = new StringBuilder();
    boolean isInside = false;
    int lines = 0;
    for (String line : here.lines().toList()) {
      String text = line.strip();
      if (text.equals("// example") || text.equals("// end")) {
        isInside = text.equals("// example");
        assertThat(guide).contains(example.toString());
        example.setLength(0);
      } else if (isInside) {
        example.append(line.substring(Math.min(4, line.length()))).append('\n');
        lines++;
      }
    }
    assertThat(lines).isGreaterThan(30);
  }

  /** The project's root, from which the build was called or one folder above. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    Path above = here.getParent();
    return Files.exists(here.resolve("docs/client.md")) || above == null ? here : above;
  }
}
