package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.client.ClientSettings;
import dev.millrace.client.Cluster;
import dev.millrace.client.Configs;
import dev.millrace.client.Delivery;
import dev.millrace.client.Groups;
import dev.millrace.client.PartitionReader;
import dev.millrace.client.PlainProducer;
import dev.millrace.client.ReceivedRecord;
import dev.millrace.client.TopicPartition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The resource is what a node of Apache Kafka 4.3.0 left: topic {@code orders} with two partitions
 * and {@code retention.ms=-1}, the values 1 to 5 in partition 0, the last of them compressed, and
 * the group {@code readers} that has read them.
 */
class AdoptionTest {
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  @TempDir private Path folder;
  private Path apache = Path.of("");
  private Path data = Path.of("");

  @BeforeEach
  void unpack() throws IOException {
    apache = folder.resolve("apache");
    data = folder.resolve("data");
    try (InputStream resource =
            Objects.requireNonNull(
                AdoptionTest.class.getResourceAsStream("/apache-4.3-log-directory.zip"));
        ZipInputStream zip = new ZipInputStream(resource)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path target = apache.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(Objects.requireNonNull(target.getParent()));
          Files.write(target, zip.readAllBytes());
        }
      }
    }
  }

  @Test
  void goesOnWhereApacheStopped() throws IOException {
    Map<String, Long> before = files(apache);
    Adoption.Report report = Adoption.run(apache, data, bytes -> {});
    assertThat(report.topics()).isEqualTo(2);
    assertThat(report.partitions()).isEqualTo(3);
    assertThat(report.nodeId()).isZero();
    assertThat(report.warnings()).noneMatch(warning -> warning.startsWith("feature "));
    assertThat(files(apache)).isEqualTo(before);

    for (int life = 0; life < 2; life++) {
      try (Millrace node = Millrace.start(settings());
          Cluster cluster =
              Cluster.connect(List.of(node.endpoint()), ClientSettings.named("test"))) {
        assertThat(cluster.view().clusterId()).isEqualTo(report.clusterId());
        assertThat(values(cluster, 5 + life)).startsWith("1", "2", "3", "4", "5");
        assertThat(new Groups(cluster).committed("readers")).containsEntry(ORDERS, 5L);
        assertThat(new Configs(cluster).describe(Configs.Kind.TOPIC, "orders"))
            .anyMatch(entry -> entry.name().equals("retention.ms") && "-1".equals(entry.value()));
        try (PlainProducer producer = new PlainProducer(cluster, Delivery.SAFE)) {
          producer.send("orders", 0, null, Bytes.utf8("ours"));
        }
      }
    }
  }

  @Test
  void aNodeThatWasKilledIsTakenOverToo() throws IOException {
    Files.delete(apache.resolve(".kafka_cleanshutdown"));
    Adoption.Report report = Adoption.run(apache, data, bytes -> {});
    assertThat(report.warnings())
        .contains("the node was not stopped in order, so the first start checks all logs");
    assertThat(data.resolve(".kafka_cleanshutdown")).doesNotExist();
    try (Millrace node = Millrace.start(settings());
        Cluster cluster = Cluster.connect(List.of(node.endpoint()), ClientSettings.named("test"))) {
      assertThat(values(cluster, 5)).containsExactly("1", "2", "3", "4", "5");
    }
  }

  @Test
  void startingOnApachesOwnDirectoryIsRefused() throws IOException {
    Map<String, Long> before = files(apache);
    assertThatThrownBy(() -> Millrace.start(apache))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "data directory was written by Apache Kafka, take it over with: millrace import "
                + apache
                + " --data NEW");
    assertThat(files(apache)).isEqualTo(before);
  }

  @Test
  void aDirectoryInUseIsRefused() {
    try (Disk.Lock held = FileDisk.INSTANCE.lock(apache.resolve(".lock"))) {
      assertThat(held).isNotNull();
      assertRefused(apache, "directory is in use, stop the node that uses it first, dir=" + apache);
    }
    assertThat(data).doesNotExist();
  }

  @Test
  void whatIsNoSuchDirectoryIsRefused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertRefused(folder.resolve("nowhere"), "no such directory, dir=");
    assertRefused(empty, "directory has no meta.properties");
    Files.copy(apache.resolve("meta.properties"), empty.resolve("meta.properties"));
    assertRefused(empty, "directory has no metadata log; one of a node that used ZooKeeper");
  }

  @Test
  void aTargetThatIsNotEmptyIsRefusedAndStays() throws IOException {
    Files.createDirectories(data);
    Files.writeString(data.resolve("mine"), "mine");
    assertRefused(apache, "data directory is not empty, choose another --data, dir=" + data);
    assertThat(data.resolve("mine")).hasContent("mine");
  }

  @Test
  void aPartOfAnImportIsNoDataDirectory() throws IOException {
    Path part = folder.resolve("part");
    Adoption.run(apache, data, bytes -> copy(data.resolve("millrace-import-unfinished"), part));
    assertThat(data.resolve("millrace-import-unfinished")).doesNotExist();
    assertThatThrownBy(() -> Millrace.start(part))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "data directory has only a part of what was to be imported, delete it and run millrace"
                + " import again, dir="
                + part);
  }

  @Test
  void anImportThatIsStoppedLeavesNothing() {
    assertThatThrownBy(() ->
            Adoption.run(
                apache,
                data,
                bytes -> {
                  throw new IllegalStateException("stopped");
                }))
        .hasMessage("stopped");
    assertThat(data).doesNotExist();
  }

  private static void copy(Path file, Path directory) {
    try {
      Files.createDirectories(directory);
      Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertRefused(Path from, String message) {
    assertThatThrownBy(() -> Adoption.run(from, data, bytes -> {}))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith(message);
  }

  private Map<String, String> settings() {
    return Map.of("log.dirs", data.toString(), "node.id", "0");
  }

  private static List<String> values(Cluster cluster, int count) {
    cluster.topic("orders", false);
    PartitionReader consumer = new PartitionReader(cluster);
    consumer.seek(ORDERS, 0);
    List<String> values = new ArrayList<>();
    while (values.size() < count) {
      for (ReceivedRecord found : consumer.poll(1000)) {
        values.add(found.value() == null ? "" : found.value().utf8());
      }
    }
    return values;
  }

  private static Map<String, Long> files(Path directory) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        sizes.put(directory.relativize(path).toString(), Files.size(path));
      }
    }
    return sizes;
  }
}
