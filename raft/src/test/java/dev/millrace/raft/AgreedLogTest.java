package dev.millrace.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.quorum.log.MetadataLog.Outcome;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.wire.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
}
