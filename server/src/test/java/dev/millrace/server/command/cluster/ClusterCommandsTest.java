package dev.millrace.server.command.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClientException;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Groups;
import dev.millrace.client.Serializer;
import dev.millrace.client.Topics;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.client.share.ShareConsumer;
import dev.millrace.net.Endpoint;
import dev.millrace.server.Millrace;
import dev.millrace.server.MillraceCluster;
import dev.millrace.server.command.CommandTree;
import dev.millrace.server.command.records.ConsumeCommand;
import dev.millrace.server.command.terminal.ExitCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Subtopology;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Topology;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands of the command line against a real node and its directory. */
class ClusterCommandsTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aSettingThatNoBrokerKnowsIsSetByForceOnly() {
    try (Millrace broker = Millrace.start(Map.of("millrace.flush.policy", "memory"))) {
      String at = broker.bootstrapServers();
      String[] wrong = {"config", "broker", "--set", "mesage.max.bytes=2000000", "-b", at};
      assertThat(run(wrong)).isEqualTo(ExitCode.FAILED.code());
      assertThat(err.toString())
          .isEqualTo(
              "millrace: no broker knows this setting, name=mesage.max.bytes, did you mean"
                  + " message.max.bytes?; for a plugin that reads it set it with --force\n");
      String[] forced = {"config", "broker", "--set", "my.plugin=1", "--force", "-b", at};
      assertThat(run(forced)).isZero();
      String[] known = {"config", "broker", "--set", "message.max.bytes=2000000", "-b", at};
      assertThat(run(known)).isZero();
    }
  }

  @Test
  void shareGroupsAreListedDescribedAndReset() {
    try (Millrace broker = Millrace.start(Map.of("millrace.flush.policy", "memory"))) {
      write(broker, "mails", "a", "b");
      Map<String, Object> settings = new HashMap<>();
      settings.put("bootstrap.servers", broker.bootstrapServers());
      settings.put("group.id", "mailers");
      String[] reset = {
        "share-group", "reset-offsets", "mailers", "--to-earliest", "-b", broker.bootstrapServers()
      };
      try (ShareConsumer<String, String> consumer =
          ShareConsumer.open(settings, Deserializer.string(), Deserializer.string())) {
        consumer.subscribe(List.of("mails"));
        while (consumer.lockTimeoutMs() < 0) {
          consumer.poll(Duration.ofMillis(50));
        }
        assertThat(run(reset)).isEqualTo(1);
        assertThat(err.toString()).contains("NON_EMPTY_GROUP").hasLineCount(1);
      }
      assertThat(run("share-group", "list", "-b", broker.bootstrapServers())).isZero();
      assertThat(out.toString()).contains("mailers").contains("Empty");
      assertThat(run(reset)).isZero();
      assertThat(
              run("share-group", "describe", "mailers", "--json", "-b", broker.bootstrapServers()))
          .isZero();
      assertThat(out.toString())
          .contains("{\"topic\":\"mails\",\"partition\":0,\"start\":0,\"lag\":2,\"clients\":[]}");
      assertThat(
              run(
                  "transaction",
                  "find-hanging",
                  "--open-for",
                  "0",
                  "-b",
                  broker.bootstrapServers()))
          .isZero();
      assertThat(out.toString()).startsWith("TOPIC");
      String at = broker.bootstrapServers();
      assertThat(run("share-group", "delete", "mailers", "-b", at)).isZero();
      assertThat(err.toString()).isEqualTo("deleted share group mailers\n");
      assertThat(run("share-group", "delete", "mailers", "-b", at)).isEqualTo(1);
      assertThat(err.toString()).contains("GROUP_ID_NOT_FOUND").hasLineCount(1);
      assertThat(run("cluster", "quorum", "--json", "-b", at)).isZero();
      assertThat(out.toString()).contains("\"lag\":0,\"fetchAgeMs\":0,\"caughtUpAgeMs\":0}");
    }
  }

  @Test
  void groupsOfEveryProtocolAreDescribed() {
    try (Millrace broker = Millrace.start(Map.of("millrace.flush.policy", "memory"));
        Cluster cluster =
            Cluster.connect(
                Endpoint.parseList(broker.bootstrapServers()), ClientSettings.named("test"))) {
      new Topics(cluster).create("text", 2, 1, Map.of());
      join(cluster, consumerGroup());
      join(cluster, streamsGroup());
      String at = broker.bootstrapServers();
      assertThat(run("group", "describe", "readers", "-b", at)).isZero();
      assertThat(out.toString()).contains("group readers  consumer  ").contains("members 1");
      assertThat(run("group", "describe", "words", "-b", at)).isZero();
      assertThat(out.toString()).contains("group words  streams  ").contains("members 1");
      assertThat(run("group", "describe", "nobody", "-b", at)).isEqualTo(1);
      assertThat(err.toString()).isEqualTo("millrace: no such group, group=nobody\n");
    }
  }

  @Test
  void whatCanNotBeMeantIsRefused() {
    try (Millrace broker = Millrace.start(Map.of("millrace.flush.policy", "memory"))) {
      String at = broker.bootstrapServers();
      write(broker, "text", "a");
      assertThat(run("consume", "text", "--grep", "(", "-b", at)).isEqualTo(2);
      assertThat(err.toString())
          .isEqualTo("millrace: --grep is no regular expression: Unclosed group, got=(\n");
      assertThat(run("consume", "text", "--max", "-3", "-b", at)).isEqualTo(2);
      assertThat(err.toString()).isEqualTo("millrace: --max must be 0 or more, got=-3\n");
      assertThat(run("bench", "produce", "text", "-n", "-4", "-b", at)).isEqualTo(2);
      assertThat(run("bench", "consume", "text", "-n", "0", "-b", at)).isEqualTo(2);
      assertThat(run("produce", "text", "--acks", "5", "-b", at)).isEqualTo(2);
      assertThat(run("config", "broker", "4711", "-b", at)).isEqualTo(1);
      assertThat(err.toString()).startsWith("millrace: no such node, node=4711 nodes=[");
      assertThat(run("group", "reset-offsets", "g", "--to-latest", "-t", "text:99", "-b", at))
          .isEqualTo(1);
      assertThat(err.toString()).contains("topic has no such partition").hasLineCount(1);
    }
  }

  @Test
  void bytesThatAreNoTextAreNotLostInJson() {
    Map<String, Object> json = new HashMap<>();
    ConsumeCommand.put(json, "key", Bytes.copyOf(ByteBuffer.wrap(new byte[] {(byte) 0xff, 'a'})));
    ConsumeCommand.put(json, "value", Bytes.copyOf(ByteBuffer.wrap(new byte[] {'b'})));
    assertThat(json).isEqualTo(Map.of("keyBase64", "/2E=", "value", "b"));
  }

  private static void join(Cluster cluster, Request request) {
    Groups groups = new Groups(cluster);
    cluster.patiently(
        "join",
        () ->
            cluster.call(
                groups.coordinator("words"),
                request,
                Short.MAX_VALUE,
                (reader, version) -> checked(request, reader, version)));
  }

  private static Response checked(Request request, WireReader reader, short version) {
    short error;
    Response response;
    if (request instanceof StreamsGroupHeartbeatRequest) {
      StreamsGroupHeartbeatResponse answer = StreamsGroupHeartbeatResponse.read(reader, version);
      error = answer.errorCode();
      response = answer;
    } else {
      ConsumerGroupHeartbeatResponse answer = ConsumerGroupHeartbeatResponse.read(reader, version);
      error = answer.errorCode();
      response = answer;
    }
    if (error != 0) {
      throw ClientException.answered(error, "join", null);
    }
    return response;
  }

  private static Request consumerGroup() {
    return ConsumerGroupHeartbeatRequest.builder()
        .groupId("readers")
        .memberId("a")
        .rebalanceTimeoutMs(60_000)
        .subscribedTopicNames(List.of("text"))
        .topicPartitions(List.of())
        .build();
  }

  private static Request streamsGroup() {
    Subtopology part =
        Subtopology.builder().subtopologyId("0").sourceTopics(List.of("text")).build();
    return StreamsGroupHeartbeatRequest.builder()
        .groupId("words")
        .memberId("b")
        .topology(new Topology(0, List.of(part)))
        .processId("p")
        .rebalanceTimeoutMs(60_000)
        .activeTasks(List.of())
        .standbyTasks(List.of())
        .warmupTasks(List.of())
        .build();
  }

  @Test
  void aNodeThatIsEmptyAndStoppedIsRemovedOnce() {
    try (MillraceCluster cluster =
        MillraceCluster.start(3, Map.of("millrace.flush.policy", "memory"))) {
      String at = cluster.bootstrapServers();
      cluster.stop(3);
      assertThat(run("cluster", "remove-voter", "3", "-b", at)).as(err.toString()).isZero();
      String[] remove = {"cluster", "remove", "3", "--timeout", "60", "-b", at};
      assertThat(run(remove)).as(err.toString()).isZero();
      assertThat(out.toString()).contains("node 3 is no longer part of the cluster");
      assertThat(run(remove)).isEqualTo(ExitCode.FAILED.code());
      assertThat(err.toString()).contains("there is no node 3, and no partition has a copy on it");
    }
  }

  @Test
  void theDoctorLooksAtADirectory() throws IOException {
    assertThat(run("doctor", folder.toString())).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "millrace: directory has no meta.properties, name the one that --data named, dir="
                + folder
                + "\n");
    try (Millrace broker = Millrace.start(folder)) {
      write(broker, "kept", "a", "b", "c");
    }
    assertThat(run("doctor", folder.toString())).as(out.toString()).isZero();
    assertThat(out.toString()).contains("every batch is intact").contains("in order");
    Path log = folder.resolve("kept-0").resolve("00000000000000000000.log");
    byte[] bytes = Files.readAllBytes(log);
    bytes[bytes.length - 3] ^= 1;
    Files.write(log, bytes, StandardOpenOption.TRUNCATE_EXISTING);
    assertThat(run("doctor", folder.toString())).isEqualTo(1);
    assertThat(out.toString()).contains("kept-0/00000000000000000000.log");
    assertThat(err.toString()).isEqualTo("millrace: something is wrong, see above\n");
  }

  private static void write(Millrace broker, String topic, String... values) {
    try (Producer<String, String> producer =
        Producer.open(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            Serializer.string(),
            Serializer.string())) {
      for (String value : values) {
        producer.send(ProducerRecord.of(topic, value));
      }
    }
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return new CommandTree(new PrintWriter(out), new PrintWriter(err)).run(arguments);
  }
}
