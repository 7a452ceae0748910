package dev.millrace.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.net.Endpoint;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.log.MetadataLog.Outcome;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.quorum.voters.Voter;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that must not come in, and frames that mean harm. */
class RefusedVotersTest {
  @TempDir Path root;

  private static List<Voter> with(List<Voter> voters, int id, int port) {
    List<Voter> changed = new ArrayList<>(voters);
    changed.removeIf(voter -> voter.id() == id);
    changed.add(new Voter(id, new Endpoint("127.0.0.1", port)));
    return changed;
  }

  @Test
  void whatCannotBeRightIsRefusedAndHarmsNothing() throws IOException {
    try (ThreeVoters cluster = new ThreeVoters(root)) {
      cluster.startAll();
      VoterNode leader = cluster.leader(0);
      cluster.nodes.values().forEach(node -> node.awaitMembers(3));
      String clusterId = VoterNode.await(leader.clusterId);

      // a second node with an id that is in use, on another address
      int port = ThreeVoters.voters(9).getFirst().endpoint().port();
      VoterNode twin = new VoterNode(2, root.resolve("twin"), with(cluster.voters, 2, port), "");
      assertThat(twin.heard.awaitFailure())
          .hasMessageContaining("node.id=2 is in use by a running voter");
      twin.close();

      // a node of another cluster
      VoterNode stranger =
          new VoterNode(3, root.resolve("stranger"), with(cluster.voters, 3, port), "other");
      assertThat(stranger.heard.awaitFailure())
          .hasMessageContaining("belongs to cluster other")
          .hasMessageContaining(clusterId);
      stranger.close();

      // other voters in the settings
      List<Voter> others = with(cluster.voters, 4, port);
      others.removeIf(voter -> voter.id() == 1);
      VoterNode contrary = new VoterNode(4, root.resolve("contrary"), others, "");
      assertThat(contrary.heard.awaitFailure())
          .hasMessageContaining("controller.quorum.voters has nodes [2, 3, 4] here")
          .hasMessageContaining("[1, 2, 3]");
      contrary.close();

      garbage(leader, cluster);
      assertThat(
              VoterNode.await(
                  leader.append(leader.heard.epoch(), new FeatureLevelRecord("f", (short) 1))))
          .isEqualTo(Outcome.COMMITTED);
      assertThat(cluster.nodes.values())
          .allSatisfy(node -> assertThat(node.heard.failures()).isEmpty());
      leader.awaitMembers(3);
    }
  }

  @Test
  void aNodeThatTheSettingsDoNotNameIsRefusedAtOnce() {
    assertThatThrownBy(() -> new VoterNode(7, root, ThreeVoters.voters(1, 2, 3), ""))
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("does not name this node, node.id=7 voters=[1, 2, 3]");
  }

  /** Bytes with the key of voters: each connection is closed, and that is all. */
  private static void garbage(VoterNode leader, ThreeVoters cluster) throws IOException {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    SplittableRandom random = new SplittableRandom(seed);
    Endpoint endpoint =
        cluster.voters.stream()
            .filter(voter -> voter.id() == leader.id)
            .findFirst()
            .orElseThrow()
            .endpoint();
    for (int i = 0; i < 60; i++) {
      byte[] body = new byte[random.nextInt(200)];
      random.nextBytes(body);
      byte kind = (byte) (i % 22);
      ByteBuffer frame = ByteBuffer.allocate(13 + body.length);
      frame.putInt(9 + body.length).putShort((short) 30_001).putShort((short) 0).putInt(i);
      frame.put(kind).put(body);
      try (Socket socket = new Socket(endpoint.host(), endpoint.port())) {
        socket.setSoTimeout(20_000);
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.write(frame.array());
        out.flush();
        socket.shutdownOutput();
        // an answer, or the end: both are fine
        assertThat(socket.getInputStream().readAllBytes().length)
            .as("seed=" + seed + " kind=" + kind)
            .isLessThan(1000);
      }
    }
  }
}
