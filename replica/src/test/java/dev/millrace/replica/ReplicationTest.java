package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.Crash;
import dev.millrace.log.AppendOrigin;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies of partitions on two or three nodes. */
class ReplicationTest {
  private final Cluster cluster = new Cluster(Long.getLong("millrace.seed", 7));

  @Test
  void anAppendIsCommittedWhenEveryInSyncCopyHasItOnDisk() {
    three("min.insync.replicas", "2");
    Partition leader = leader();
    List<ErrorCode> settled = new ArrayList<>();
    long end = append(leader, "a", "b").endOffset();
    leader.whenCommitted(end, settled::add);
    cluster.owners.runUntil(() -> leader.log().flushedEnd() == end, 1_000);
    assertThat(settled).isEmpty();
    cluster.owners.runUntil(() -> !settled.isEmpty(), 1_000);
    assertThat(settled).containsExactly(ErrorCode.NONE);
    for (Cluster.Node node : cluster.nodes) {
      assertThat(node.partition("t", 0).log().flushedEnd()).isEqualTo(end);
    }
    cluster.owners.runUntil(() -> copy(2).bounds().highWatermark() == end, 2_000);
  }

  @Test
  void aFollowerThatIsSilentIsLeftOutAndComesBack() {
    Uuid id = three();
    Partition leader = leader();
    cluster.node(3).crash(Crash.losingUnsynced());
    long end = append(leader, "a").endOffset();
    cluster.owners.runMs(500);
    assertThat(leader.bounds().highWatermark()).isZero();
    cluster.owners.runUntil(() -> cluster.state(id, 0).isr().equals(List.of(1, 2)), 10_000);
    cluster.owners.runUntil(() -> leader.bounds().highWatermark() == end, 1_000);
    cluster.node(3).start();
    cluster.owners.runUntil(() -> cluster.state(id, 0).isr().size() == 3, 10_000);
    assertThat(copy(3).log().endOffset()).isEqualTo(end);
  }

  @Test
  void aFollowerThatWasStartedAgainHoldsNothingBackBeforeItHasCaughtUp() {
    three();
    Partition leader = leader();
    long end = append(leader, "a").endOffset();
    cluster.owners.runUntil(() -> leader.bounds().highWatermark() == end, 5_000);
    cluster.node(3).crash(Crash.ofProcess());
    cluster.links.isolate(3);
    cluster.node(3).start();
    long epoch = cluster.node(3).brokerEpoch;
    append(leader, "b");
    cluster.owners.runUntil(() -> leader.bounds().highWatermark() == 2, 1_000);
    assertThat(leader.read(fetch(3, epoch, 0))).isInstanceOf(ReadOutcome.Found.class);
    append(leader, "c");
    cluster.owners.runUntil(() -> leader.bounds().highWatermark() == 3, 1_000);
    assertThat(leader.read(fetch(3, epoch, 0, 3))).isInstanceOf(ReadOutcome.Found.class);
    append(leader, "d");
    cluster.owners.runUntil(() -> leader.bounds().highWatermark() == 4, 1_000);
    cluster.owners.runMs(500);
    assertThat(leader.read(fetch(3, epoch, 0, 4))).isInstanceOf(ReadOutcome.Found.class);
    append(leader, "e");
    cluster.owners.runMs(500);
    assertThat(leader.bounds().highWatermark()).as("half a second later").isEqualTo(4);
  }

  @Test
  void tooFewInSyncCopiesTakeNoAppendsAndKeepTheHighWatermark() {
    Uuid id = three("min.insync.replicas", "3");
    Partition leader = leader();
    List<ErrorCode> settled = new ArrayList<>();
    cluster.links.isolate(3);
    leader.whenCommitted(append(leader, "a").endOffset(), settled::add);
    cluster.owners.runUntil(() -> cluster.state(id, 0).isr().size() == 2, 10_000);
    cluster.owners.runMs(200);
    assertThat(leader.appendRefusal(true)).isEqualTo(ErrorCode.NOT_ENOUGH_REPLICAS);
    assertThat(leader.appendRefusal(false)).isEqualTo(ErrorCode.NONE);
    assertThat(settled).isEmpty();
    assertThat(leader.bounds().highWatermark()).isZero();
    cluster.links.mend();
    cluster.owners.runUntil(() -> !settled.isEmpty(), 10_000);
    assertThat(settled).containsExactly(ErrorCode.NONE);
  }

  @Test
  void aNewLeaderHasWhatWasCommittedAndTheOldOneGivesUpTheRest() {
    Uuid id = three();
    Partition old = leader();
    long committed = append(old, "a").endOffset();
    cluster.owners.runUntil(() -> old.bounds().highWatermark() == committed, 2_000);
    cluster.links.isolate(1);
    append(old, "lost");
    cluster.owners.runMs(100);
    cluster.fence(1);
    cluster.owners.runUntil(() -> copy(2).isLeader(-1), 1_000);
    cluster.links.mend();
    cluster.unfence(1);
    append(copy(2), "kept");
    cluster.owners.runUntil(() -> cluster.state(id, 0).isr().size() == 3, 10_000);
    cluster.owners.runUntil(() -> old.bounds().highWatermark() == 2, 5_000);
    assertThat(World.values(copy(2), 0)).containsExactly("a", "kept");
    assertThat(old.log().endOffset()).isEqualTo(2);
    assertThat(old.read(World.query(0)))
        .isEqualTo(new ReadOutcome.Failed(ErrorCode.NOT_LEADER_OR_FOLLOWER));
  }

  @Test
  void aFollowerBehindTheLogStartBeginsAnewThere() {
    Uuid id = three();
    Partition leader = leader();
    cluster.node(3).crash(Crash.losingUnsynced());
    cluster.fence(3);
    long end = append(leader, "a", "b").endOffset();
    cluster.owners.runUntil(() -> leader.bounds().highWatermark() == end, 5_000);
    assertThat(leader.deleteRecords(end).lowWatermark()).isEqualTo(end);
    append(leader, "c");
    cluster.node(3).start();
    cluster.owners.runUntil(() -> cluster.state(id, 0).isr().size() == 3, 10_000);
    assertThat(copy(3).log().startOffset()).isEqualTo(end);
    assertThat(copy(3).log().endOffset()).isEqualTo(end + 1);
    cluster.owners.runUntil(() -> copy(2).log().startOffset() == end, 5_000);
  }

  @Test
  void aDamagedCopyThatNobodyCountsOnIsMadeAnew() {
    Uuid id = three();
    Partition leader = leader();
    long end = append(leader, "a", "b").endOffset();
    cluster.owners.runUntil(() -> leader.bounds().highWatermark() == end, 5_000);
    Cluster.Node third = cluster.node(3);
    third.crash(Crash.ofProcess());
    third.disk.flip(Cluster.DATA.resolve("t-0/00000000000000000000.log"), 30, 1);
    third.start();
    cluster.owners.runUntil(() -> cluster.state(id, 0).isr().size() == 3, 10_000);
    assertThat(copy(3).log().flushedEnd()).isEqualTo(end);
  }

  @Test
  void aDamagedCopyThatIsCountedOnIsLeftAsItIs() {
    Uuid id = three();
    long end = append(leader(), "a").endOffset();
    cluster.owners.runUntil(() -> leader().bounds().highWatermark() == end, 5_000);
    for (int node = 3; node > 0; node--) {
      cluster.node(node).crash(Crash.ofProcess());
      cluster.fence(node);
    }
    cluster.node(1).disk.flip(Cluster.DATA.resolve("t-0/00000000000000000000.log"), 30, 1);
    assertThat(cluster.state(id, 0).isr()).containsExactly(1);
    cluster.node(1).start();
    cluster.owners.runMs(1_000);
    assertThat(cluster.node(1).find("t", 0)).isNull();
    assertThat(cluster.node(1).partitions.whyAbsent("t", 0))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
  }

  @Test
  void whatALeaderWithoutEverythingDoesNotHaveIsGivenUp() {
    Uuid id = three();
    cluster.links.isolate(3);
    cluster.fence(3);
    long end = append(leader(), "a", "b").endOffset();
    cluster.owners.runUntil(() -> leader().bounds().highWatermark() == end, 5_000);
    cluster.node(1).crash(Crash.losingUnsynced());
    cluster.node(2).crash(Crash.losingUnsynced());
    cluster.links.mend();
    cluster.unfence(3);
    cluster.commit(
        Cluster.change(id, 0).leader(3).isr(List.of(3)).leaderRecoveryState((byte) 1).build());
    cluster.owners.runUntil(() -> copy(3).isLeader(-1), 5_000);
    append(copy(3), "c");
    cluster.node(1).start();
    cluster.node(2).start();
    cluster.owners.runUntil(() -> cluster.state(id, 0).isr().size() == 3, 20_000);
    assertThat(World.values(copy(3), 0)).containsExactly("c");
    for (Cluster.Node node : cluster.nodes) {
      assertThat(node.partition("t", 0).log().endOffset()).isOne();
    }
  }

  @Test
  void aCopyThatIsCountedOnGivesUpNothingBelowTheHighWatermark() {
    three();
    Partition leader = leader();
    long end = append(leader, "a", "b").endOffset();
    cluster.owners.runUntil(() -> copy(2).bounds().highWatermark() == end, 5_000);
    Following following = copy(2).role().following();
    assertThat(following.truncate(0, 1)).isInstanceOf(CopyOutcome.Failed.class);
    assertThat(following.restart(0)).isInstanceOf(CopyOutcome.Failed.class);
    assertThat(copy(2).log().endOffset()).isEqualTo(end);
  }

  @Test
  void staleEpochsAndStrangersAreRefused() {
    three();
    Partition leader = leader();
    assertThat(leader.read(fetch(2, 7, 5))).isEqualTo(failed(ErrorCode.UNKNOWN_LEADER_EPOCH));
    assertThat(leader.read(fetch(9, 7, 0))).isEqualTo(failed(ErrorCode.NOT_LEADER_OR_FOLLOWER));
    assertThat(leader.read(fetch(2, 1_000, 0))).isInstanceOf(ReadOutcome.Found.class);
    assertThat(leader.read(fetch(2, 999, 0))).isEqualTo(failed(ErrorCode.STALE_BROKER_EPOCH));
  }

  private static ReadOutcome failed(ErrorCode error) {
    return new ReadOutcome.Failed(error);
  }

  private static FollowerFetch fetch(int broker, long brokerEpoch, int leaderEpoch) {
    return fetch(broker, brokerEpoch, leaderEpoch, 0);
  }

  private static FollowerFetch fetch(int broker, long brokerEpoch, int leaderEpoch, long offset) {
    return new FollowerFetch(
        broker, brokerEpoch, 0, new ReadQuery(offset, leaderEpoch, -1, 100, true, false));
  }

  private Uuid three(String... settings) {
    cluster.start(3);
    Uuid id = cluster.createTopic("t", List.of(List.of(1, 2, 3)), settings);
    cluster.owners.runUntil(
        () ->
            cluster.nodes.stream().allMatch(node -> node.find("t", 0) != null)
                && leader().isLeader(-1),
        5_000);
    return id;
  }

  private Partition leader() {
    return copy(1);
  }

  private Partition copy(int node) {
    return cluster.node(node).partition("t", 0);
  }

  private AppendOutcome.Appended append(Partition partition, String... values) {
    BatchBuilder builder = BatchBuilder.from(0);
    for (String value : values) {
      builder.append(cluster.owners.clock().wallMs(), null, Bytes.utf8(value));
    }
    return (AppendOutcome.Appended)
        partition.append(RecordBatch.at(builder.build()), AppendOrigin.CLIENT, false);
  }
}
