package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MillraceTest {
  @TempDir private Path folder;

  @Test
  void severalRunInOneProcess() {
    try (Millrace one = Millrace.start();
        Millrace other = Millrace.start(Map.of("node.id", "7", "num.partitions", "3"))) {
      create(one, "a");
      create(other, "b");
      assertThat(topics(one)).containsExactly("a");
      assertThat(topics(other)).containsExactly("b");
      assertThat(other.nodeId()).isEqualTo(7);
      assertThat(one.data()).isNotEqualTo(other.data());
    }
  }

  @Test
  void leavesNothingBehind() {
    long before = threads();
    Millrace node = Millrace.start();
    Path data = node.data();
    assertThat(data).isDirectory();
    node.close();
    node.close();
    assertThat(data).doesNotExist();
    assertThat(threads()).isEqualTo(before);
  }

  @Test
  void goesOnWithWhatIsThere() {
    try (Millrace node = Millrace.start(folder)) {
      create(node, "kept");
    }
    try (Millrace node = Millrace.start(folder)) {
      assertThat(topics(node)).containsExactly("kept");
    }
  }

  /** A directory as a later release might write it; nothing in it is changed. */
  @Test
  void refusesTheDataOfANewerRelease() throws IOException {
    try (Millrace node = Millrace.start(folder)) {
      create(node, "kept");
    }
    refusesNewer(folder.resolve("meta.properties"), "version=1", "version=2");
    refusesNewer(folder.resolve("kept-0/partition.metadata"), "version: 0", "version: 2");
    try (Millrace node = Millrace.start(folder)) {
      assertThat(topics(node)).containsExactly("kept");
    }
  }

  private void refusesNewer(Path file, String version, String raised) throws IOException {
    String mine = Files.readString(file);
    String newer = mine.replace(version, raised);
    Files.writeString(file, newer);
    assertThatThrownBy(() -> Millrace.start(folder))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("file is from a newer release, start that one")
        .hasMessageContaining("version=2");
    assertThat(file).hasContent(newer);
    assertThat(folder.resolve(".kafka_cleanshutdown")).exists();
    Files.writeString(file, mine);
  }

  @Test
  void refusesAnUnknownSetting() {
    assertThatThrownBy(() -> Millrace.start(Map.of("num.partition", "3")))
        .isInstanceOfSatisfying(StartException.class, e -> assertThat(e.isSetting()).isTrue())
        .hasMessageContaining("did you mean num.partitions?");
  }

  @Test
  void refusesTheDirectoryOfAnotherNode() {
    Map<String, String> first = Map.of("log.dirs", folder.toString());
    Millrace.start(first).close();
    assertThatThrownBy(() -> Millrace.start(Map.of("log.dirs", folder.toString(), "node.id", "5")))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "data directory belongs to another node, start with --set node.id=1 or choose another"
                + " --data, dir="
                + folder
                + " node.id=5");
  }

  @Test
  void refusesDirectoriesOfDifferentClusters() {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    Millrace.start(one).close();
    Millrace.start(other).close();
    assertThatThrownBy(() -> Millrace.start(Map.of("log.dirs", one + "," + other)))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("data directories belong to different clusters, dir=" + other);
  }

  @Test
  void refusesPartitionsWithoutMetadata() throws IOException {
    Files.createDirectories(folder.resolve("orders-0"));
    assertThatThrownBy(() -> Millrace.start(folder))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("data directory has partitions but no metadata log");
    assertThat(folder.resolve("orders-0")).exists();
  }

  @Test
  void refusesADamagedIdentity() throws IOException {
    Millrace.start(folder).close();
    Files.writeString(folder.resolve("meta.properties"), "nonsense");
    assertThatThrownBy(() -> Millrace.start(folder))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("data directory does not say whose it is, restore the file");
  }

  @Test
  void advertisesAnAddressThatOthersCanReach() {
    Map<String, String> everywhere =
        Map.of("log.dirs", folder.toString(), "listeners", "PLAINTEXT://0.0.0.0:0");
    try (Millrace node = Millrace.start(everywhere)) {
      assertThat(node.endpoint().host()).isNotEqualTo("0.0.0.0").isNotEmpty();
      assertThat(topics(node)).isEmpty();
    }
  }

  @Test
  void advertisesWhatItIsTold() {
    Map<String, String> told =
        Map.of(
            "log.dirs", folder.toString(),
            "listeners", "PLAINTEXT://127.0.0.1:0,EXTRA://127.0.0.1:0",
            "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,EXTRA:PLAINTEXT",
            "advertised.listeners", "PLAINTEXT://localhost:0,EXTRA://broker.example:9999");
    try (Millrace node = Millrace.start(told)) {
      assertThat(node.endpoint().host()).isEqualTo("localhost");
    }
  }

  private static void create(Millrace node, String topic) {
    try (Cluster cluster = connect(node)) {
      new Topics(cluster).create(topic, 1, 1, Map.of());
    }
  }

  private static List<String> topics(Millrace node) {
    try (Cluster cluster = connect(node)) {
      return List.copyOf(cluster.learnAll().topics().keySet());
    }
  }

  private static Cluster connect(Millrace node) {
    return Cluster.connect(List.of(node.endpoint()), ClientSettings.named("test"));
  }

  /** Threads of nodes and clients, but for those of the test framework. */
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("junit"))
        .filter(thread -> thread.isAlive() && !thread.isVirtual())
        .count();
  }
}
