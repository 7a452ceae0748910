package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.log.AppendOrigin;
import dev.millrace.replica.DirectoryReport.PartitionReport;
import dev.millrace.wire.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Copies on their way from one log directory of a node to another. */
class DirectoryMovesTest {
  private static final boolean IN_EVERY_WAY = Integer.getInteger("millrace.fuzz.rounds", 1) >= 100;

  private final World world = new World(7, "/one", "/two").start();

  private ErrorCode move(String topic, int index, String to) {
    List<ErrorCode> answer = new ArrayList<>();
    world.partitions.place(List.of(new DirectoryWish(topic, index, to)), answer::addAll);
    world.owners.runUntil(() -> !answer.isEmpty(), 10_000);
    return answer.getFirst();
  }

  private String other(Partition partition) {
    return world.partitions.directories().get(0).partitions().stream()
            .anyMatch(one -> one.id().equals(partition.id()) && !one.isFuture())
        ? "/two"
        : "/one";
  }

  private List<PartitionReport> in(String path) {
    return world.partitions.directories().stream()
        .filter(one -> one.path().equals(path))
        .findFirst()
        .orElseThrow()
        .partitions();
  }

  private void fill(Partition partition, int batches) {
    for (int i = 0; i < batches; i++) {
      world.append(partition, "value-" + partition.logEndOffset(), "x".repeat(40_000));
    }
    long end = partition.logEndOffset();
    world.owners.runUntil(() -> partition.bounds().highWatermark() == end, 10_000);
  }

  private void awaitMoved(String to, int size) {
    world.owners.runUntil(
        () -> in(to).size() == size && in(to).stream().noneMatch(PartitionReport::isFuture),
        60_000);
    world.owners.runMs(5_000);
  }

  @Test
  void everythingIsThereAfterwardsAndInOneDirectoryOnly() {
    world.createTopic("t", 1, "segment.bytes", "1048576");
    Partition partition = world.partition("t", 0);
    fill(partition, 100);
    List<String> before = World.values(partition, 0);
    String to = other(partition);

    assertThat(move("t", 0, to)).isEqualTo(ErrorCode.NONE);
    awaitMoved(to, 1);

    assertThat(World.values(partition, 0)).isEqualTo(before);
    fill(partition, 1);
    String from = to.equals("/one") ? "/two" : "/one";
    assertThat(in(from)).isEmpty();
    assertThat(world.disk.list(Path.of(to))).contains("t-0");
    assertThat(world.disk.list(Path.of(from))).doesNotContain("t-0");
    world.crash(Crash.losingUnsynced());
    world.start();
    assertThat(World.values(world.partition("t", 0), 0))
        .startsWith(before.toArray(String[]::new))
        .hasSize(before.size() + 2);
  }

  @Test
  void whatIsWrittenMeanwhileComesAlong() {
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    fill(partition, 60);
    String to = other(partition);
    move("t", 0, to);
    for (int i = 0; i < 300; i++) {
      world.append(partition, "late-" + i);
      world.owners.step();
    }
    awaitMoved(to, 1);
    assertThat(World.values(partition, 0)).hasSize(420).endsWith("late-299");
  }

  @Test
  void aMoveIsShownAndCalledOff() {
    world.with("replica.alter.log.dirs.io.max.bytes.per.second", "1000");
    world.stop();
    world.start();
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    fill(partition, 100);
    String to = other(partition);
    move("t", 0, to);
    world.owners.runMs(50);
    PartitionReport future = in(to).getFirst();
    assertThat(future.isFuture()).isTrue();
    assertThat(future.lag()).isBetween(1L, 200L);
    assertThat(future.bytes()).isPositive();
    assertThat(world.disk.list(Path.of(to)))
        .anyMatch(name -> name.matches("t-0\\.[0-9a-f]{32}-future"));

    String from = to.equals("/one") ? "/two" : "/one";
    assertThat(move("t", 0, from)).isEqualTo(ErrorCode.NONE);
    world.owners.runMs(120_000);
    assertThat(in(to)).isEmpty();
    assertThat(world.disk.list(Path.of(to))).noneMatch(name -> name.startsWith("t-0"));
    assertThat(World.values(partition, 0)).hasSize(200);
  }

  @Test
  void aMoveGoesOnInTheNextLife() {
    world.with("replica.alter.log.dirs.io.max.bytes.per.second", "1000000");
    world.stop();
    world.start();
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    fill(partition, 100);
    String to = other(partition);
    move("t", 0, to);
    world.owners.runMs(1000);
    assertThat(in(to).getFirst().isFuture()).isTrue();
    for (Crash crash : List.of(Crash.ofProcess(), Crash.losingUnsynced())) {
      world.crash(crash);
      world.start();
      assertThat(in(to).getFirst().isFuture()).isTrue();
    }
    awaitMoved(to, 1);
    assertThat(World.values(world.partition("t", 0), 0)).hasSize(200);
  }

  @Test
  void aDeletedTopicLeavesNothingOfAMove() {
    world.with("replica.alter.log.dirs.io.max.bytes.per.second", "1000");
    world.stop();
    world.start();
    Uuid topic = world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    fill(partition, 100);
    move("t", 0, other(partition));
    world.owners.runMs(50);
    world.deleteTopic(topic);
    world.owners.runMs(120_000);
    assertThat(world.disk.list(Path.of("/one"))).noneMatch(name -> name.startsWith("t-0"));
    assertThat(world.disk.list(Path.of("/two"))).noneMatch(name -> name.startsWith("t-0"));
  }

  @Test
  void wishesThatCannotBeMetAreRefused() {
    world.createTopic("t", 1);
    assertThat(move("t", 0, "/three")).isEqualTo(ErrorCode.LOG_DIR_NOT_FOUND);
    assertThat(move("u", 0, "/two")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(move("t", 5, "/two")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(move("t", -5, "/two")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }

  @Test
  void recordsDeletedBeforeAndMeanwhileStayDeleted() {
    world.createTopic("t", 1, "segment.bytes", "1048576");
    Partition partition = world.partition("t", 0);
    fill(partition, 50);
    partition.deleteRecords(11);
    String to = other(partition);
    move("t", 0, to);
    world.owners.step();
    partition.deleteRecords(21);
    awaitMoved(to, 1);
    assertThat(partition.bounds().logStartOffset()).isEqualTo(21);
    world.crash(Crash.ofProcess());
    world.start();
    assertThat(world.partition("t", 0).bounds().logStartOffset()).isEqualTo(21);
    assertThat(World.values(world.partition("t", 0), 21)).hasSize(79);
  }

  /**
   * The node dies at each step of a move: what was acknowledged is there. In one way each, or in
   * every way with {@code -Dmillrace.fuzz.rounds=100} or more.
   */
  @Test
  void everyCutLeavesOneCopyThatHasEverything() {
    int cut = 1;
    while (isCut(cut)) {
      cut++;
    }
    assertThat(cut).isGreaterThan(30);
  }

  /** Whether the move had so many changes of the disk. */
  private static boolean isCut(int cut) {
    boolean happened = false;
    int first = IN_EVERY_WAY ? 0 : cut % 3;
    int last = IN_EVERY_WAY ? 2 : first;
    for (int kind = first; kind <= last; kind++) {
      DirectoryMovesTest run = new DirectoryMovesTest();
      happened |= run.cutAt(cut, kind);
    }
    return happened;
  }

  private boolean cutAt(int cut, int kind) {
    String what = "cut=" + cut + " kind=" + kind;
    world.createTopic("t", 1, "segment.bytes", "1048576");
    Partition partition = world.partition("t", 0);
    fill(partition, 30);
    String to = other(partition);
    DiskFaults.Once fault = DiskFaults.nth(cut, Operation.CHANGES, Kind.FAILED);
    List<Long> acknowledged = new ArrayList<>();
    move("t", 0, to);
    world.disk.faults(fault);
    int sent = 0;
    for (int i = 0; i < 4_000 && !fault.happened(); i++) {
      if (sent < 20 && i % 7 == 0) {
        sent++;
        if (partition.append(world.batch("late-" + sent), AppendOrigin.CLIENT, true)
            instanceof AppendOutcome.Appended done) {
          partition.whenCommitted(
              done.endOffset(),
              error -> {
                if (error == ErrorCode.NONE) {
                  acknowledged.add(done.baseOffset());
                }
              });
        }
      }
      world.owners.step();
    }
    world.disk.faults(DiskFaults.none());
    world.crash(
        switch (kind) {
          case 0 -> Crash.ofProcess();
          case 1 -> Crash.losingUnsynced();
          default -> Crash.random(new Random(cut));
        });
    world.start();
    Partition again = world.partition("t", 0);
    long needed = acknowledged.isEmpty() ? 60 : acknowledged.getLast() + 1;
    world.owners.runUntil(() -> again.bounds().highWatermark() >= needed, 10_000);
    assertThat(again.bounds().highWatermark()).as(what).isGreaterThanOrEqualTo(needed);
    assertThat(World.values(again, 0)).as(what).hasSizeGreaterThanOrEqualTo((int) needed);
    fill(again, 3);
    move("t", 0, to);
    awaitMoved(to, 1);
    String from = to.equals("/one") ? "/two" : "/one";
    assertThat(world.disk.list(Path.of(from))).as(what).doesNotContain("t-0");
    assertThat(World.values(again, 0)).as(what).hasSizeGreaterThanOrEqualTo((int) needed + 6);
    return fault.happened();
  }
}
