package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that could not open one of its log directories. */
class MissingDirectoryTest {
  private final World world = new World(3, "/one").start();

  private void create(String name, Uuid directory) {
    Uuid id = Uuid.random(world.owners.random(name));
    world.commit(
        TopicRecord.builder().name(name).topicId(id).build(),
        PartitionRecord.builder()
            .topicId(id)
            .partitionId(0)
            .replicas(List.of(World.NODE))
            .isr(List.of(World.NODE))
            .directories(List.of(directory))
            .leader(World.NODE)
            .leaderEpoch(0)
            .partitionEpoch(0)
            .build());
    world.applied();
  }

  @Test
  void copiesThatLieThereAreNotMadeAnewElsewhere() {
    world.partitions.missing(List.of(Path.of("/two")));
    create("there", new Uuid(7, 7));
    create("anywhere", PartitionImage.DIRECTORY_UNASSIGNED);
    assertThat(world.partitions.find("there", 0)).isNull();
    assertThat(world.partitions.whyAbsent("there", 0)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(world.partitions.find("anywhere", 0)).isNotNull();
    assertThat(world.partitions.directories())
        .anyMatch(one -> one.path().equals("/two") && one.error() == ErrorCode.KAFKA_STORAGE_ERROR);
  }

  @Test
  void aDirectoryThatWasReplacedIsFilledAgain() {
    create("there", new Uuid(7, 7));
    assertThat(world.partitions.find("there", 0)).isNotNull();
  }
}
