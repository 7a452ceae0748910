package dev.millrace.log.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimClock;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.log.checkpoint.EpochCheckpoint.EpochStart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFilesTest {
  private static final Path FOLDER = Path.of("/d");
  private static final Path FILE = FOLDER.resolve("f");

  private final SimDisk disk = new SimDisk(new SimClock(0));

  CheckpointFilesTest() {
    disk.createDirectories(FOLDER);
    disk.syncDirectory(Path.of("/"));
  }

  private String text() {
    return String.valueOf(WholeFile.readText(disk, FILE));
  }

  @Test
  void offsets() {
    Map<TopicPartition, Long> offsets =
        Map.of(new TopicPartition("b", 0), 7L, new TopicPartition("a.b", 12), Long.MAX_VALUE);
    OffsetCheckpoint.write(disk, FILE, offsets);
    assertThat(text()).isEqualTo("0\n2\na.b 12 9223372036854775807\nb 0 7\n");
    assertThat(OffsetCheckpoint.read(disk, FILE)).isEqualTo(offsets);
    assertThat(OffsetCheckpoint.read(disk, FOLDER.resolve("none"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "1\n0\n",
        "0\n1\n",
        "0\n0\na 0 1\n",
        "0\n1\na 0\n",
        "0\n1\na 0 1 2\n",
        "0\n1\na x 1\n",
        "0\n1\na -1 1\n",
        "0\n1\na 0 -1\n",
        "0\n1\na 0 99999999999999999999\n",
        "0\n2147483648\n",
        "\0\0\0\0"
      })
  void malformedOffsets(String text) {
    WholeFile.replace(disk, FILE, text);
    assertThatThrownBy(() -> OffsetCheckpoint.read(disk, FILE))
        .isInstanceOf(CorruptFileException.class)
        .hasMessageContaining("path=/d/f");
  }

  @Test
  void epochs() {
    List<EpochStart> epochs = List.of(new EpochStart(0, 0), new EpochStart(7, 100));
    EpochCheckpoint.write(disk, FILE, epochs);
    assertThat(text()).isEqualTo("0\n2\n0 0\n7 100\n");
    assertThat(EpochCheckpoint.read(disk, FILE)).isEqualTo(epochs);
    WholeFile.replace(disk, FILE, "0\n2\n7 100\n7 200\n");
    assertThatThrownBy(() -> EpochCheckpoint.read(disk, FILE))
        .isInstanceOf(CorruptFileException.class);
  }

  @Test
  void partitionMetadata() {
    Uuid id = new Uuid(1, 2);
    WholeFile.replace(disk, FILE, PartitionMetadata.text(id));
    assertThat(text()).isEqualTo("version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg\n");
    assertThat(PartitionMetadata.read(disk, FILE)).isEqualTo(id);
    WholeFile.replace(disk, FILE, "version: 1\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg\n");
    assertThatThrownBy(() -> PartitionMetadata.read(disk, FILE))
        .isInstanceOf(CorruptFileException.class);
    assertThat(PartitionMetadata.read(disk, FOLDER.resolve("none"))).isNull();
  }

  @Test
  void metaProperties() {
    MetaProperties meta = new MetaProperties("4L6g3nShT-eMCtK--X86sw", 3, new Uuid(5, 6));
    MetaProperties.write(disk, FILE, meta);
    assertThat(MetaProperties.read(disk, FILE)).isEqualTo(meta);
    WholeFile.replace(
        disk, FILE, "#\n#Sat Jan 01 00:00:00 UTC 2026\nversion=1\nnode.id=0\ncluster.id=x\n");
    assertThat(MetaProperties.read(disk, FILE)).isEqualTo(new MetaProperties("x", 0, null));
    for (String bad : List.of("", "version=0\ncluster.id=x\nnode.id=1", "version=1\nnode.id=1")) {
      WholeFile.replace(disk, FILE, bad);
      assertThatThrownBy(() -> MetaProperties.read(disk, FILE))
          .isInstanceOf(CorruptFileException.class);
    }
  }

  @Test
  void cleanStopIsTakenOnce() {
    CleanStop.mark(disk, FOLDER, 42);
    assertThat(WholeFile.readText(disk, FOLDER.resolve(CleanStop.NAME)))
        .isEqualTo("{\"version\":0,\"brokerEpoch\":42}");
    assertThat(CleanStop.take(disk, FOLDER)).isEqualTo(OptionalLong.of(42));
    assertThat(CleanStop.take(disk, FOLDER)).isEmpty();
    WholeFile.replace(disk, FOLDER.resolve(CleanStop.NAME), "");
    assertThat(CleanStop.take(disk, FOLDER)).isEqualTo(OptionalLong.of(CleanStop.NO_EPOCH));
  }

  @Test
  void aCrashLeavesTheOldOrTheNewContent() {
    WholeFile.replace(disk, FILE, "old");
    disk.open(FOLDER.resolve("f.tmp"), dev.millrace.base.disk.Disk.Access.WRITE)
        .write(java.nio.ByteBuffer.wrap(new byte[100]), 0);
    WholeFile.replace(disk, FILE, "new");
    assertThat(WholeFile.readText(disk.crashed(Crash.losingUnsynced()), FILE)).isEqualTo("new");
  }

  @ParameterizedTest
  @CsvSource({
    "a-0,a,0",
    "a-b-12,a-b,12",
    "__consumer_offsets-49,__consumer_offsets,49",
    "a.b_c-2147483647,a.b_c,2147483647"
  })
  void directoryNames(String name, String topic, int partition) {
    TopicPartition parsed = new TopicPartition(topic, partition);
    assertThat(TopicPartition.ofDirectory(name)).isEqualTo(parsed);
    assertThat(parsed).hasToString(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "-0",
        "a-",
        "a-01",
        "a--1",
        "a-2147483648",
        "a-0.deleted",
        "a-0-delete",
        "ä-0",
        "a b-0"
      })
  void otherNames(String name) {
    assertThat(TopicPartition.ofDirectory(name)).isNull();
  }
}
