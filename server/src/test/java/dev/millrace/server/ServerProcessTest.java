package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Delivery;
import dev.millrace.client.Offsets;
import dev.millrace.client.PartitionReader;
import dev.millrace.client.PlainProducer;
import dev.millrace.client.ReceivedRecord;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.Topics;
import dev.millrace.net.Endpoint;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
  @TempDir private Path folder;

  @Test
  void servesSaysSoOnceAndEndsInOrder() throws IOException {
    Path data = folder.resolve("data");
    try (NodeProcess node = NodeProcess.server(data)) {
      assertThat(node.readyField(3)).isEqualTo("1");
      assertThat(node.readyField(4)).isEqualTo(data.toAbsolutePath().toString());
      assertThat(status(node, "/health")).isEqualTo(200);
      assertThat(status(node, "/health/live")).isEqualTo(200);
      assertThat(status(node, "/nothing")).isEqualTo(404);
      produce(node, "a", "b");
      assertThat(consume(node)).containsExactly("a", "b");
      assertThat(node.terminate()).isZero();
      assertThat(node.line()).isNull();
      assertThat(node.errors()).isEmpty();
    }
    assertThat(data.resolve(".kafka_cleanshutdown")).exists();
    try (NodeProcess node = NodeProcess.server(data)) {
      assertThat(consume(node)).containsExactly("a", "b");
    }
  }

  @Test
  void keepsWhatItAcknowledgedWhenItIsKilled() {
    Path data = folder.resolve("data");
    List<String> expected = new ArrayList<>();
    for (int life = 0; life < 3; life++) {
      try (NodeProcess node = NodeProcess.server(data)) {
        if (life > 0) {
          assertThat(consume(node)).isEqualTo(expected);
        }
        String[] values = {"life " + life, "and more"};
        produce(node, values);
        expected.addAll(List.of(values));
        node.kill();
      }
    }
  }

  @Test
  void aSecondNodeOnTheSameDirectoryIsRefused() {
    Path data = folder.resolve("data");
    try (NodeProcess first = NodeProcess.server(data)) {
      assertRefused(
          1,
          "millrace: data directory is in use by another node, stop that node or choose another"
              + " --data, dir="
              + data,
          "--data",
          data.toString(),
          "--listen",
          "127.0.0.1:0");
      assertThat(first.terminate()).isZero();
    }
  }

  @Test
  void aPortInUseIsTold() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertRefused(
          1,
          "millrace: address is in use, listener=PLAINTEXT address=127.0.0.1:"
              + taken.getLocalPort()
              + "; stop the process that has it, or choose another port (0 picks a free one)",
          "--data",
          folder.resolve("data").toString(),
          "--listen",
          "127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsTold() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no directory");
    assertRefused(
        1,
        "millrace: data directory can't be used, choose another --data, dir=" + file,
        "--data",
        file.toString(),
        "--listen",
        "127.0.0.1:0");
  }

  @Test
  void aWrongSettingIsTold() {
    assertRefused(2, "did you mean num.partitions?", "--set", "num.partition=3");
  }

  private static void assertRefused(int code, String message, String... arguments) {
    List<String> all = new ArrayList<>(List.of("server", "--http", "127.0.0.1:0"));
    all.addAll(List.of(arguments));
    try (NodeProcess process = NodeProcess.run(all.toArray(String[]::new))) {
      assertThat(process.exitCode()).isEqualTo(code);
      assertThat(process.line()).isNull();
      String errors = process.errors();
      assertThat(errors).startsWith("millrace: ").contains(message);
      assertThat(errors.lines()).hasSize(1);
    }
  }

  private static int status(NodeProcess node, String path) throws IOException {
    URL url = URI.create("http://" + node.http() + path).toURL();
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  private static void produce(NodeProcess node, String... values) {
    try (Cluster cluster = connect(node);
        PlainProducer producer = new PlainProducer(cluster, Delivery.SAFE)) {
      if (!cluster.learnAll().topics().containsKey("t")) {
        new Topics(cluster).create("t", 1, 1, Map.of());
      }
      for (String value : values) {
        producer.send("t", 0, null, Bytes.utf8(value));
      }
    }
  }

  private static List<String> consume(NodeProcess node) {
    try (Cluster cluster = connect(node)) {
      TopicPartition partition = new TopicPartition("t", 0);
      cluster.topic("t", false);
      long end = new Offsets(cluster).at(Offsets.LATEST, List.of(partition)).get(partition);
      PartitionReader consumer = new PartitionReader(cluster);
      consumer.seek(partition, 0);
      List<String> values = new ArrayList<>();
      while (consumer.positions().get(partition) < end) {
        for (ReceivedRecord found : consumer.poll(1000)) {
          values.add(found.value() == null ? "" : found.value().utf8());
        }
      }
      return values;
    }
  }

  private static Cluster connect(NodeProcess node) {
    return Cluster.connect(Endpoint.parseList(node.kafka()), ClientSettings.named("test"));
  }
}
