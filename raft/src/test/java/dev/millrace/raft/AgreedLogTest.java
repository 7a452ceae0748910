package dev.millrace.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.quorum.log.AgreedLog;
import dev.millrace.quorum.log.MetadataLog.Outcome;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three logs that agree, with real files and sockets. */
class AgreedLogTest {
  @TempDir Path root;

  private static Message record(int number) {
    return new FeatureLevelRecord("feature-" + number, (short) 1);
  }

  private static void assertCommitted(VoterNode node, Message... records) {
    assertThat(VoterNode.await(node.append(node.heard.epoch(), records)))
        .isEqualTo(Outcome.COMMITTED);
  }

  @Test
  void threeAgreeAndAnotherLeadsWhenTheLeaderIsGone() {
    try (ThreeVoters cluster = new ThreeVoters(root)) {
      cluster.startAll();
      VoterNode leader = cluster.leader(0);
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        outcomes.add(leader.append(leader.heard.epoch(), record(2 * i), record(2 * i + 1)));
      }
      assertThat(outcomes)
          .allSatisfy(each -> assertThat(VoterNode.await(each)).isEqualTo(Outcome.COMMITTED));
      for (VoterNode node : cluster.nodes.values()) {
        node.heard.awaitRecord(record(199));
        assertThat(node.heard.records()).isEqualTo(leader.heard.records());
        assertThat(VoterNode.await(node.clusterId)).isEqualTo(VoterNode.await(leader.clusterId));
      }

      int epoch = leader.heard.epoch();
      cluster.kill(leader.id);
      VoterNode next = cluster.leader(epoch);
      assertThat(next.id).isNotEqualTo(leader.id);
      assertThat(next.heard.records()).containsAllEntriesOf(leader.heard.records());
      assertCommitted(next, record(1000));
      assertThat(VoterNode.await(next.append(epoch, record(7777)))).isEqualTo(Outcome.FENCED);

      VoterNode back = cluster.start(leader.id);
      back.heard.awaitRecord(record(1000));
      assertThat(back.heard.records()).isEqualTo(next.heard.records());
      assertThat(cluster.nodes.values())
          .allSatisfy(node -> assertThat(node.heard.failures()).isEmpty());
    }
  }

  @Test
  void anEmptyVoterGetsTheSnapshotAndAllComeBack() {
    try (ThreeVoters cluster = new ThreeVoters(root)) {
      cluster.startAll();
      VoterNode leader = cluster.leader(0);
      for (int i = 0; i < 20; i++) {
        assertCommitted(leader, record(i));
      }
      long end = leader.endOffset();
      for (VoterNode node : cluster.nodes.values()) {
        node.heard.awaitRecord(record(19));
        node.snapshot(end, List.of(record(500)));
      }
      assertCommitted(leader, record(600));

      VoterNode lost = cluster.other(leader);
      cluster.kill(lost.id);
      assertCommitted(leader, record(601));
      ThreeVoters.delete(cluster.data(lost.id));
      VoterNode empty = cluster.start(lost.id);
      empty.heard.awaitRecord(record(601));
      assertThat(empty.heard.fromSnapshot()).containsExactly(record(500));
      assertThat(empty.heard.records().keySet().iterator().next()).isEqualTo(end);
      empty.heard.awaitLeader(0);
      assertThat(VoterNode.await(empty.clusterId)).isEqualTo(VoterNode.await(leader.clusterId));
      empty.awaitMembers(3);

      int epoch = leader.heard.epoch();
      cluster.stopAll();
      cluster.startAll();
      VoterNode next = cluster.leader(epoch);
      for (VoterNode node : cluster.nodes.values()) {
        node.heard.awaitRecord(record(601));
        assertThat(node.heard.fromSnapshot()).containsExactly(record(500));
        assertThat(node.heard.records()).isEqualTo(next.heard.records());
      }
      assertCommitted(next, record(602));
    }
  }

  @Test
  void votersComeAndGo() {
    try (ThreeVoters cluster = new ThreeVoters(root)) {
      cluster.startAll();
      VoterNode leader = cluster.leader(0);
      cluster.nodes.values().forEach(node -> node.awaitMembers(3));
      VoterNode other = cluster.other(leader);
      assertCommitted(leader, record(0));
      assertThat(leader.states()).hasSize(3);
      assertThat(other.states()).isEmpty();
      int epoch = leader.heard.epoch();
      assertThat(leader.change(new VoterChange.Transfer(other.id)).message()).isEmpty();
      assertThat(cluster.leader(epoch)).isSameAs(other);
      assertThat(leader.change(new VoterChange.Remove(other.id)).error())
          .isEqualTo(ErrorCode.NOT_CONTROLLER);
      assertThat(other.change(new VoterChange.Add(leader.id)).error())
          .isEqualTo(ErrorCode.DUPLICATE_VOTER);
      assertThat(other.change(new VoterChange.Remove(9)).error())
          .isEqualTo(ErrorCode.VOTER_NOT_FOUND);
      int third = cluster.third(leader, other);
      assertThat(other.change(new VoterChange.Remove(third, new Uuid(1, 9))).error())
          .isEqualTo(ErrorCode.VOTER_NOT_FOUND);
      assertThat(other.change(new VoterChange.Remove(third)).message()).isEmpty();
      leader.awaitMembers(2);
      assertThat(other.log.voters()).doesNotContain(third);
      assertCommitted(other, record(1));
    }
  }

  /** What docs/operating.md says to do when the disks of a majority are gone. */
  @Test
  void aVoterThatIsLeftGoesOnFromWhatItHas() throws IOException {
    try (ThreeVoters cluster = new ThreeVoters(root)) {
      cluster.startAll();
      VoterNode leader = cluster.leader(0);
      VoterNode other = cluster.other(leader);
      assertCommitted(leader, record(0));
      other.heard.awaitRecord(record(0));
      int epoch = leader.heard.epoch();
      int left = other.id;
      cluster.stopAll();
      Path files = cluster.data(left).resolve("__cluster_metadata-0").resolve("raft");
      try (Stream<Path> found = Files.walk(files)) {
        for (Path one : found.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(one);
        }
      }
      try (ThreeVoters one = cluster.only(left)) {
        VoterNode last = one.start(left, "the-cluster");
        last.heard.awaitLeader(epoch);
        assertThat(last.heard.fromSnapshot()).contains(record(0));
        assertCommitted(last, record(1));
      }
    }
  }

  @Test
  void oneVoterBecomesThreeAndOneAgain() {
    try (ThreeVoters cluster = new ThreeVoters(root)) {
      SoloVoter solo = new SoloVoter(2, cluster.data(2));
      int alone = solo.heard.awaitLeader(0);
      assertThat(alone).isEqualTo(2);
      solo.append(record(1));
      solo.append(record(2));
      int epoch = solo.heard.epoch();
      solo.close();

      cluster.start(1, "");
      cluster.start(2, "the-cluster");
      cluster.start(3, "");
      VoterNode leader = cluster.leader(epoch);
      assertThat(leader.id).isEqualTo(2);
      for (VoterNode node : cluster.nodes.values()) {
        assertThat(VoterNode.await(node.clusterId)).isEqualTo("the-cluster");
        node.heard.awaitLeader(epoch);
        assertThat(node.heard.fromSnapshot()).containsExactly(record(1), record(2));
        node.awaitMembers(3);
      }
      assertCommitted(leader, record(3));
      assertThat(leader.change(new VoterChange.Remove(1)).message()).isEmpty();
      assertThat(leader.change(new VoterChange.Remove(3)).message()).isEmpty();
      assertCommitted(leader, record(4));
      epoch = leader.heard.epoch();
      cluster.stopAll();

      assertThatThrownBy(() -> new SoloVoter(2, cluster.data(2)))
          .hasMessageContaining("belongs to a group of voters");
      try (ThreeVoters one = cluster.only(2)) {
        for (int life = 0; life < 2; life++) { // it stays a group: others may be on their way to it
          VoterNode last = one.start(2, "the-cluster");
          last.heard.awaitLeader(epoch);
          last.heard.awaitRecord(record(4));
          epoch = last.heard.epoch();
          one.stop(2);
          assertThat(AgreedLog.isNeeded(FileDisk.INSTANCE, cluster.data(2))).isTrue();
        }
      }
    }
  }
}
