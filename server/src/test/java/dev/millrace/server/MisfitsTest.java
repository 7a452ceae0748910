package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that do not fit the cluster they are told to join: one clear line, and no harm. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class MisfitsTest {
  private static final String HOST = "127.0.0.1";

  /** Offset and length of a batch. */
  private static final int PREFIX = 12;

  /** Where the part of a batch begins that its checksum stands for. */
  private static final int AFTER_CRC = 21;

  @TempDir private static Path folder;

  private static List<Integer> ports;
  private static Node member;
  private static int topics;

  @BeforeAll
  static void start() {
    ports = MillraceCluster.freePorts(6);
    member = start(voter(1, "member", 1));
  }

  @AfterAll
  static void stop() {
    member.close();
  }

  @AfterEach
  void nothingIsHarmed() {
    try (Cluster cluster = Cluster.connect(List.of(member.kafka()), ClientSettings.named("test"))) {
      new Topics(cluster).create("after-" + topics++, 1, 1, Map.of());
      assertThat(cluster.learnAll().topics()).containsKey("after-0");
    }
  }

  /** A voter with the first {@code voters} nodes in its settings. */
  private static Map<String, String> voter(int id, String directory, int voters) {
    List<String> named = new ArrayList<>();
    for (int one = 1; one <= voters; one++) {
      named.add(one + "@" + HOST + ":" + ports.get(one - 1));
    }
    Map<String, String> settings = settings(id, directory);
    settings.put("process.roles", "broker,controller");
    settings.put("controller.quorum.voters", String.join(",", named));
    settings.put(
        "listeners", "PLAINTEXT://" + HOST + ":0,CONTROLLER://" + HOST + ":" + ports.get(id - 1));
    return settings;
  }

  private static Map<String, String> broker(int id, String directory) {
    Map<String, String> settings = settings(id, directory);
    settings.put("process.roles", "broker");
    settings.put("controller.quorum.bootstrap.servers", HOST + ":" + ports.getFirst());
    settings.put("listeners", "PLAINTEXT://" + HOST + ":0");
    return settings;
  }

  private static Map<String, String> settings(int id, String directory) {
    Map<String, String> settings = new HashMap<>();
    settings.put("node.id", Integer.toString(id));
    settings.put("log.dirs", folder.resolve(directory).toString());
    return settings;
  }

  private static Node start(Map<String, String> settings) {
    return Node.start(
        NodePlan.of(settings, null),
        fault -> {
          throw fault;
        });
  }

  private static NodeProcess process(Map<String, String> settings) {
    List<String> words = new ArrayList<>(List.of("server", "--http", HOST + ":0"));
    settings.forEach((name, value) -> words.addAll(List.of("--set", name + "=" + value)));
    return NodeProcess.run(words.toArray(String[]::new));
  }

  /** It ends with exit code 1 and says why in its last line; it never says that it serves. */
  private static void assertEnds(Map<String, String> settings, String... parts) {
    try (NodeProcess process = process(settings)) {
      assertThat(process.exitCode()).isEqualTo(1);
      assertThat(process.line()).isNull();
      List<String> errors = process.errors().lines().toList();
      assertThat(errors.getLast()).startsWith("millrace: ").contains(parts);
      assertThat(errors).filteredOn(line -> line.startsWith("millrace: ")).hasSize(1);
      assertThat(errors).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  /** It waits, since what it misses may come, and says for what; a signal ends it. */
  private static void assertWaits(Map<String, String> settings, String... parts) {
    try (NodeProcess process = process(settings)) {
      assertThat(process.errorLine()).contains("node waits").contains(parts);
      assertThat(process.terminate()).isZero();
      assertThat(process.line()).isNull();
    }
  }

  @Test
  void theDataOfAnotherCluster() throws IOException {
    Map<String, String> alone = settings(3, "stranger");
    alone.put("listeners", "PLAINTEXT://" + HOST + ":0");
    start(alone).close();
    Path mark = folder.resolve("stranger").resolve(".kafka_cleanshutdown");
    String before = Files.readString(mark);
    assertThat(before).doesNotContain("-1");
    assertEnds(broker(3, "stranger"), "this node belongs to cluster ", ", but the voter at ");
    assertThat(mark).hasContent(before);
  }

  @Test
  void theDataOfAnotherNode() {
    start(broker(4, "four")).close();
    assertEnds(
        broker(5, "four"),
        "data directory belongs to another node, start with --set node.id=4 or choose another");
  }

  @Test
  void theIdOfANodeThatRuns() {
    assertEnds(
        broker(1, "twin"), "another process is running as node 1, choose another --set node.id");
  }

  @Test
  void votersThatNobodyReaches() {
    Map<String, String> lost = broker(5, "lost");
    lost.put("controller.quorum.bootstrap.servers", HOST + ":" + ports.get(5));
    assertWaits(lost, "no controller answers", HOST + ":" + ports.get(5));
  }

  @Test
  void votersWhereClientsAreServed() {
    Map<String, String> mistaken = broker(5, "mistaken");
    mistaken.remove("controller.quorum.bootstrap.servers");
    mistaken.put("controller.listener.names", "CONTROLLER");
    mistaken.put(
        "controller.quorum.voters", "1@" + member.kafka().host() + ":" + member.kafka().port());
    assertWaits(mistaken, "a listener for clients, name the one of controller.listener.names");
  }

  @Test
  void votersWithoutAMajority() {
    Map<String, String> few = voter(5, "few", 5);
    few.put(
        "controller.quorum.voters",
        "5@" + HOST + ":" + ports.get(4) + ",6@" + HOST + ":" + ports.get(5) + ",7@" + HOST + ":1");
    assertWaits(
        few,
        "waiting for a majority of the voters",
        "needed: 2",
        "a majority of the voters is lost");
  }

  @Test
  void votersWithoutTheOneThatFounds() {
    String voters =
        "4@" + HOST + ":1,5@" + HOST + ":" + ports.get(4) + ",6@" + HOST + ":" + ports.get(5);
    Map<String, String> one = voter(5, "five", 5);
    one.put("controller.quorum.voters", voters);
    Map<String, String> other = voter(6, "six", 5);
    other.put("controller.quorum.voters", voters);
    try (NodeProcess process = process(one)) {
      assertThat(process.errorLine()).contains("needed: 2");
      assertWaits(other, "heard of [5, 6]", "only node 4", "founds one: start it");
    }
  }

  @Test
  void anAddressThatNobodyReaches() {
    Map<String, String> unreachable = broker(6, "unreachable");
    unreachable.put("advertised.listeners", "PLAINTEXT://" + HOST + ":1");
    try (NodeProcess process = process(unreachable)) {
      assertThat(process.line()).startsWith("ready ");
      String said;
      do {
        said = process.errorLine();
      } while (said != null && !said.contains("cannot be reached where advertised.listeners says"));
      assertThat(said).contains("listener=PLAINTEXT address=" + HOST + ":1");
      assertThat(process.terminate()).isZero();
    }
  }

  /** What a later release would have finalized is put into the metadata of a node that stands. */
  @Test
  void aClusterThatIsNewerThanTheRelease() throws IOException {
    Map<String, String> alone = settings(7, "newer");
    alone.put("listeners", "PLAINTEXT://" + HOST + ":0");
    start(alone).close();
    Path log =
        folder.resolve("newer").resolve("__cluster_metadata-0").resolve("00000000000000000000.log");
    finalizeStreams(log, 9);
    assertEnds(
        alone,
        "this release is too old for the cluster, which works at streams.version=9,"
            + " allowed: 0 to 1; start a newer release");
    finalizeStreams(log, 1);
    start(alone).close();
  }

  private static void finalizeStreams(Path log, int level) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log));
    String name = "streams.version";
    String text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
    int place = text.indexOf(name) + name.length();
    bytes.putShort(place, (short) level);
    for (int batch = 0; batch < bytes.limit(); ) {
      int end = batch + PREFIX + bytes.getInt(batch + Long.BYTES);
      CRC32C sum = new CRC32C();
      sum.update(bytes.array(), batch + AFTER_CRC, end - batch - AFTER_CRC);
      bytes.putInt(batch + AFTER_CRC - Integer.BYTES, (int) sum.getValue());
      batch = end;
    }
    Files.write(log, bytes.array());
  }
}
