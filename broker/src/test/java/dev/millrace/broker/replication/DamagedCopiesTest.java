package dev.millrace.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.broker.replication.CopyingNodes.Copying;
import dev.millrace.quorum.control.AlterReassignments;
import dev.millrace.quorum.control.AlterReassignments.Move;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies whose bytes changed on disk, and log directories that fail. */
class DamagedCopiesTest {
  private static final long SEED = Long.getLong("millrace.seed", 17);
  private static final int IN_A_RECORD = 300;
  private static final List<String> DIRECTORIES = List.of("/data0", "/data1");

  private final CopyingNodes cluster = new CopyingNodes(SEED, 3, 2);
  private final Copies copies = new Copies(cluster);

  /**
   * The leader's bytes are looked at before a follower gets them: another leads, and it is healed.
   */
  @Test
  void aDamagedLeaderGivesWayAndIsMadeAnew() {
    copies.createTopic("t", 1, List.of(1, 2));
    for (int i = 0; i < 20; i++) {
      assertThat(copies.produce("t", 0, "value-" + i)).isEqualTo(ErrorCode.NONE);
    }
    Copying leader = cluster.leader("t", 0);
    Copying other = cluster.node(3 - leader.id);
    // after a start nothing is in memory, so the leader reads what is on its disk
    leader.crash(Crash.ofProcess());
    leader.start();
    inSync(2);
    other.crash(Crash.ofProcess());
    other.start();
    inSync(2);
    assertThat(cluster.leader("t", 0)).isEqualTo(leader);
    damage(leader);
    cluster.decide(
        new AlterReassignments(List.of(new Move("t", 0, List.of(leader.id, other.id, 3))), true));
    cluster.owners.runUntil(() -> cluster.state("t", 0).leader() == other.id, 60_000);
    inSync(3);
    cluster.owners.runUntil(
        () ->
            cluster.nodes.stream()
                .allMatch(node -> node.partition("t", 0).bounds().highWatermark() == 20),
        60_000);
    assertThat(cluster.state("t", 0).isMoving()).isFalse();
    assertThat(copies.produce("t", 0, "more")).isEqualTo(ErrorCode.NONE);
    assertThat(leader.partition("t", 0).isIntact(0, 1 << 20)).isTrue();
  }

  /** A follower's copy that is found damaged at a start is given up and fetched again. */
  @Test
  void aDamagedFollowerIsMadeAnew() {
    copies.createTopic("t", 1, List.of(1, 2, 3));
    for (int i = 0; i < 20; i++) {
      assertThat(copies.produce("t", 0, "value-" + i)).isEqualTo(ErrorCode.NONE);
    }
    Copying follower = cluster.node(cluster.state("t", 0).leader() % 3 + 1);
    follower.crash(Crash.ofProcess());
    damage(follower);
    follower.start();
    inSync(3);
    assertThat(follower.partition("t", 0).isIntact(0, 1 << 20)).isTrue();
    assertThat(follower.partition("t", 0).logEndOffset()).isEqualTo(20);
    cluster.owners.runMs(1_000);
    assertThat(names(follower)).noneMatch(name -> name.endsWith("-damaged"));
  }

  /** Nothing is thrown away that may be the best there is. */
  @Test
  void whenAllAreDamagedAllAreKept() {
    copies.createTopic("t", 1, List.of(1, 2, 3));
    for (int i = 0; i < 20; i++) {
      assertThat(copies.produce("t", 0, "value-" + i)).isEqualTo(ErrorCode.NONE);
    }
    cluster.nodes.forEach(node -> node.crash(Crash.ofProcess()));
    cluster.nodes.forEach(this::damage);
    cluster.nodes.forEach(Copying::start);
    cluster.owners.runMs(60_000);
    for (Copying node : cluster.nodes) {
      assertThat(keeps(node)).as("node-%s %s", node.id, names(node)).isTrue();
    }
  }

  /** Whether the damaged file is there, under its name or set aside. */
  private static boolean keeps(Copying node) {
    return DIRECTORIES.stream()
        .flatMap(directory ->
            node.disk.list(Path.of(directory)).stream()
                .filter(name -> name.equals("t-0") || name.endsWith("-damaged"))
                .map(name -> Path.of(directory, name, "00000000000000000000.log")))
        .anyMatch(file -> node.disk.exists(file) && size(node, file) > IN_A_RECORD);
  }

  private static long size(Copying node, Path file) {
    try (DiskFile open = node.disk.open(file, Disk.Access.READ)) {
      return open.size();
    }
  }

  private static List<String> names(Copying node) {
    return DIRECTORIES.stream().flatMap(one -> node.disk.list(Path.of(one)).stream()).toList();
  }

  /** What lay in the directory is led by others; what lies in the other one stays. */
  @Test
  void aFailedDirectoryTakesOnlyItsOwnWithIt() {
    copies.createTopic("t", 6, null);
    Copying node = cluster.node(1);
    cluster.owners.runUntil(() -> assigned(node), 20_000);
    node.disk.faults((operation, path) ->
        operation == DiskFaults.Operation.WRITE && path.startsWith("/data1")
            ? DiskException.Kind.FAILED
            : null);
    for (int i = 0; i < 6; i++) {
      copies.send("t", i, "x");
    }
    cluster.owners.runUntil(() -> !node.logs.get(1).isOnline(), 20_000);
    node.tellOffline();
    for (int i = 0; i < 6; i++) {
      PartitionImage now = cluster.state("t", i);
      boolean isThere = now.directoryOf(1).equals(node.directoryId(1));
      assertThat(now.isr().contains(1)).isNotEqualTo(isThere);
      assertThat(now.hasLeader()).isTrue();
      assertThat(copies.produce("t", i, "y")).isEqualTo(ErrorCode.NONE);
    }
  }

  private boolean assigned(Copying node) {
    return cluster.topic("t").partitions().values().stream()
        .map(one -> one.directoryOf(node.id))
        .allMatch(one -> one.equals(node.directoryId(0)) || one.equals(node.directoryId(1)));
  }

  private void inSync(int copies) {
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == copies, 60_000);
  }

  private void damage(Copying node) {
    Path name = Path.of("t-0/00000000000000000000.log");
    for (String directory : DIRECTORIES) {
      Path file = Path.of(directory).resolve(name);
      if (node.disk.exists(file)) {
        node.disk.flip(file, IN_A_RECORD, 1);
      }
    }
  }
}
