package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.Admin;
import dev.millrace.client.Deserializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How commands end that run as processes: by whoever reads them, or by whoever stops them. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class CommandProcessTest {
  private static final int TERMINATED = 143;

  private final Millrace node = Millrace.start(Map.of("millrace.flush.policy", "memory"));

  CommandProcessTest() {
    try (Admin admin = Admin.open(Map.of("bootstrap.servers", node.bootstrapServers()))) {
      admin.createTopic("notes", 1, 1, Map.of()).join();
      admin.createTopic("small", 1, 1, Map.of("max.message.bytes", "200")).join();
    }
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void whoeverSearchesEndsWithItsReader() {
    try (NodeProcess writer = run("produce", "notes")) {
      writer.input("one\ntwo\n");
      awaitEnd(2);
      try (NodeProcess search = run("consume", "notes", "--from-beginning", "--grep", "one")) {
        assertThat(search.line()).isEqualTo("one");
        search.closeOutput();
        assertThat(search.exitCode()).isZero();
        assertThat(search.errors()).isEmpty();
      }
    }
  }

  @Test
  void aWriterThatIsStoppedTellsWhatItWrote() {
    try (NodeProcess writer = run("produce", "notes")) {
      writer.input("one\ntwo\nthree\n");
      awaitEnd(3);
      assertThat(writer.terminate()).isEqualTo(TERMINATED);
      assertThat(writer.errors()).isEqualTo("stopped, produced 3 records to notes");
    }
  }

  @Test
  void aRecordThatIsNotTakenEndsAWriterThatWaitsForTheNextLine() {
    try (NodeProcess writer = run("produce", "small")) {
      writer.input("x".repeat(1_000) + "\n"); // and the input stays open
      assertThat(writer.exitCode()).isEqualTo(1);
      assertThat(writer.errors()).startsWith("millrace: ").contains("max.message.bytes");
    }
  }

  @Test
  void aMeasurementThatIsStoppedTellsWhatItMeasured() {
    try (NodeProcess bench = run("bench", "produce", "notes", "-n", "1000000000", "-s", "10")) {
      awaitEnd(1);
      assertThat(bench.terminate()).isEqualTo(TERMINATED);
      assertThat(bench.line()).startsWith("measured").endsWith("produce");
      assertThat(bench.line()).startsWith("records").doesNotEndWith(" 1000000000");
      assertThat(bench.errors().lines()).allMatch(line -> line.contains("of 1000000000"));
    }
  }

  private NodeProcess run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--bootstrap";
    all[arguments.length + 1] = node.bootstrapServers();
    return NodeProcess.run(all);
  }

  /** Returns once the topic has so many records. */
  private void awaitEnd(long records) {
    try (Consumer<String, String> consumer =
        Consumer.open(
            Map.of("bootstrap.servers", node.bootstrapServers()),
            Deserializer.string(),
            Deserializer.string())) {
      TopicPartition partition = new TopicPartition("notes", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long read = 0;
      while (read < records) {
        read += consumer.poll(Duration.ofSeconds(1)).size();
      }
    }
  }
}
