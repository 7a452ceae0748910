package dev.millrace.quorum.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.control.UnfenceBroker;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SoloLogTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 15);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final Map<String, String> SMALL_SNAPSHOTS =
      Map.of("metadata.log.max.record.bytes.between.snapshots", "2000");

  private static long register(SoloNode node) {
    RegisterBroker broker =
        new RegisterBroker(
            SoloNode.ID,
            Uuid.random(node.owners.random("i" + node.owners.clock().elapsedNanos())),
            List.of(),
            null,
            List.of(new Uuid(9, 9)),
            new RegisterBroker.Predecessor(true, -1));
    Outcome<Long> epoch = node.ask(broker);
    assertThat(epoch).isInstanceOf(Outcome.Done.class);
    long value = ((Outcome.Done<Long>) epoch).value();
    assertThat(node.ask(new UnfenceBroker(SoloNode.ID, value))).isInstanceOf(Outcome.Done.class);
    return value;
  }

  private static Outcome<CreatedTopic> create(SoloNode node, String name) {
    CreateTopics command =
        new CreateTopics(List.of(new NewTopic(name, 2, 1, Map.of(), Map.of())), false);
    return switch (node.ask(command)) {
      case Outcome.Done<Map<String, Outcome<CreatedTopic>>> done ->
          Objects.requireNonNull(done.value().get(name));
      case Outcome.Refused<Map<String, Outcome<CreatedTopic>>> refused ->
          Outcome.refused(refused.error(), refused.message());
    };
  }

  @Test
  void aRestartKeepsEverything() {
    SoloNode node = new SoloNode(3, Map.of());
    assertThat(node.start()).isEqualTo(Outcome.done(true));
    register(node);
    create(node, "a");
    ClusterImage before = node.quorum().image();
    node.stop();
    assertThat(node.start()).isEqualTo(Outcome.done(false));
    assertThat(node.quorum().image()).isEqualTo(before);
    assertThat(node.quorum().epoch()).isEqualTo(2);
    assertThat(node.quorum().leader()).isEqualTo(SoloNode.ID);
    assertThat(WholeFile.readText(node.disk, SoloNode.LOG.resolve("quorum-state")))
        .isEqualTo(
            "{\"leaderId\":1,\"leaderEpoch\":2,\"votedId\":1,\"currentVoters\":[{\"voterId\":1}],"
                + "\"data_version\":0}");
  }

  @Test
  void whatWasAcknowledgedSurvivesEveryCrash() {
    for (int round = 0; round < ROUNDS; round++) {
      new CrashRound(SEED + round).run();
    }
  }

  /** Lives that end at any moment, with snapshots on the way. */
  private static final class CrashRound {
    private final String story;
    private final SoloNode node;
    private final RandomGenerator random;
    private final List<String> acknowledged = new ArrayList<>();
    private final List<Long> blocks = new ArrayList<>();
    private int names;

    CrashRound(long seed) {
      story = "-Dmillrace.seed=" + seed;
      node = new SoloNode(seed, SMALL_SNAPSHOTS);
      random = node.owners.random("test");
    }

    void run() {
      for (int life = 0; life < 12; life++) {
        assertThat(node.start()).as(story).isInstanceOf(Outcome.Done.class);
        check();
        long epoch = register(node);
        int commands = random.nextInt(60);
        for (int i = 0; i < commands; i++) {
          submit(epoch);
          step(random.nextInt(4));
        }
        step(random.nextInt(6));
        if (random.nextInt(5) == 0) {
          node.stop();
        } else {
          node.crash(random.nextBoolean() ? Crash.losingUnsynced() : Crash.random(random));
        }
      }
      assertThat(node.start()).as(story).isInstanceOf(Outcome.Done.class);
      check();
      assertThat(node.failures).as(story).isEmpty();
    }

    private void step(int steps) {
      for (int i = 0; i < steps; i++) {
        node.owners.step();
      }
    }

    private void submit(long epoch) {
      if (random.nextInt(4) == 0) {
        node.quorum()
            .submit(
                new AllocateProducerIds(SoloNode.ID, epoch),
                outcome -> {
                  if (outcome instanceof Outcome.Done<AllocateProducerIds.Block> done) {
                    blocks.add(done.value().first());
                  }
                });
        return;
      }
      String name = "t" + names++;
      node.quorum()
          .submit(
              new CreateTopics(List.of(new NewTopic(name, 3, 1, Map.of(), Map.of())), false),
              outcome -> {
                if (outcome instanceof Outcome.Done) {
                  acknowledged.add(name);
                }
              });
    }

    private void check() {
      ClusterImage image = node.quorum().image();
      assertThat(image.topics().idsByName().keySet()).as(story).containsAll(acknowledged);
      assertThat(image.topics().byId().values())
          .as(story)
          .allMatch(topic -> topic.partitionCount() == 3);
      assertThat(blocks).as(story).doesNotHaveDuplicates();
      assertThat(blocks).as(story).allMatch(first -> first + 1000 <= image.nextProducerId());
    }
  }

  @Test
  void everyCutOfTheUnsyncedTailLosesOnlyWhatWasNotAcknowledged() {
    SoloNode node = new SoloNode(11, Map.of());
    node.start();
    register(node);
    create(node, "kept");
    node.quorum()
        .submit(
            new CreateTopics(List.of(new NewTopic("torn", 2, 1, Map.of(), Map.of())), false),
            _ -> {});
    Path segment = SoloNode.LOG.resolve("00000000000000000000.log");
    node.owners.runUntil(() -> node.disk.unsyncedBytes(segment) > 0, 1000);
    long bytes = node.disk.unsyncedBytes(segment);
    assertThat(bytes).isGreaterThan(61);
    for (long cut = 0; cut <= bytes; cut++) {
      SoloNode next = new SoloNode(cut, Map.of());
      next.disk = node.disk.crashed(Crash.cutting(segment, cut));
      assertThat(next.start()).as("cut=" + cut).isEqualTo(Outcome.done(false));
      assertThat(next.quorum().image().topic("kept")).as("cut=" + cut).isNotNull();
      assertThat(next.quorum().image().topic("torn") != null).isEqualTo(cut == bytes);
      assertThat(create(next, "next")).isInstanceOf(Outcome.Done.class);
    }
  }

  @Test
  void snapshotsReplaceTheLogBeforeThem() {
    SoloNode node = new SoloNode(5, SMALL_SNAPSHOTS);
    node.start();
    register(node);
    for (int i = 0; i < 100; i++) {
      create(node, "t" + i);
    }
    ClusterImage before = node.quorum().image();
    node.stop();
    List<String> snapshots =
        node.disk.list(SoloNode.LOG).stream().filter(n -> n.endsWith(".checkpoint")).toList();
    assertThat(snapshots).hasSize(1);
    node.start();
    assertThat(node.quorum().image()).isEqualTo(before);
  }

  @Test
  void aDamagedSnapshotIsRefused() {
    SoloNode node = new SoloNode(5, SMALL_SNAPSHOTS);
    node.start();
    register(node);
    for (int i = 0; i < 50; i++) {
      create(node, "t" + i);
    }
    node.stop();
    String name =
        node.disk.list(SoloNode.LOG).stream()
            .filter(n -> n.endsWith(".checkpoint"))
            .findFirst()
            .orElseThrow();
    ByteBuffer whole =
        Objects.requireNonNull(WholeFile.read(node.disk, SoloNode.LOG.resolve(name)));
    for (int cut : List.of(0, 1, 60, 61, 100, whole.limit() - 1)) {
      SoloNode next = new SoloNode(cut, SMALL_SNAPSHOTS);
      next.disk = node.disk.crashed(Crash.ofProcess());
      try (DiskFile file = next.disk.open(SoloNode.LOG.resolve(name), Access.WRITE)) {
        file.truncate(cut);
      }
      Outcome<Boolean> ready = next.start();
      assertThat(ready.error()).as("cut=" + cut).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
      assertThat(next.failures.getFirst()).hasMessageContaining("damaged");
    }
    node.disk.delete(SoloNode.LOG.resolve(name));
    assertThat(node.start().error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(node.failures.getFirst()).hasMessageContaining("is missing, restore the newest");
  }

  @Test
  void aFlippedBitIsNoticed() {
    SoloNode node = new SoloNode(7, Map.of());
    node.start();
    register(node);
    create(node, "a");
    node.stop();
    node.disk.flip(SoloNode.LOG.resolve("00000000000000000000.log"), 150, 4);
    assertThat(startOrRefuse(node)).isFalse();
  }

  /** Damage is found when the log is opened, or when it is read. */
  private static boolean startOrRefuse(SoloNode node) {
    try {
      return node.start() instanceof Outcome.Done;
    } catch (MetadataException refused) {
      assertThat(refused).hasMessageContaining("damaged");
      return false;
    }
  }

  @Test
  void aFailedSyncAcknowledgesNothingMore() {
    SoloNode node = new SoloNode(13, Map.of());
    node.start();
    register(node);
    create(node, "a");
    node.disk.faults(DiskFaults.every(Set.of(Operation.SYNC), Kind.FAILED));
    assertThat(create(node, "b").error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(create(node, "c").error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(node.failures).hasSize(1);
    assertThatThrownBy(
            () -> {
              throw node.failures.getFirst();
            })
        .isInstanceOf(MetadataException.class);
  }
}
