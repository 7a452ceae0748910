package dev.millrace.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.broker.fake.Fetches;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who came to the wrong broker is told of the right one (KIP-951). */
class ReferralTest {
  private final CopyingNodes cluster = new CopyingNodes(Long.getLong("millrace.seed", 5), 3);

  @BeforeEach
  void createTopic() {
    // consumers may read from any copy: who has none cannot but send them on
    cluster.decide(
        new CreateTopics(
            List.of(
                new CreateTopics.NewTopic("t", 1, 1, Map.of(), Map.of()),
                new CreateTopics.NewTopic("copied", 1, 3, Map.of(), Map.of())),
            false));
    cluster.owners.runMs(1_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 9, 10, 12, 13})
  void aProducerIsToldOfTheLeader(int version) {
    ProduceResponse response = other().client().call(ProduceResponse.class, produce("t"), version);
    PartitionProduceResponse data = response.responses().getFirst().partitionResponses().getFirst();
    assertThat(data.errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    if (version < 10) {
      assertThat(data.currentLeader()).isEqualTo(ProduceResponse.LeaderIdAndEpoch.DEFAULT);
      assertThat(response.nodeEndpoints()).isEmpty();
    } else {
      assertThat(data.currentLeader())
          .isEqualTo(new ProduceResponse.LeaderIdAndEpoch(leader(), epoch()));
      assertThat(response.nodeEndpoints())
          .containsExactly(
              new ProduceResponse.NodeEndpoint(
                  leader(), "node" + leader(), 9092, "rack" + leader()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 11, 12, 13, 16, 18})
  void aConsumerIsToldOfTheLeader(int version) {
    FetchResponse response = fetch(other(), "t", version, -1);
    FetchResponse.PartitionData data = Fetches.only(response);
    assertThat(data.errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    assertThat(data.currentLeader())
        .isEqualTo(
            version < 12
                ? FetchResponse.LeaderIdAndEpoch.DEFAULT
                : new FetchResponse.LeaderIdAndEpoch(leader(), epoch()));
    assertThat(response.nodeEndpoints()).hasSize(version < 16 ? 0 : 1);
  }

  @Test
  void aProducerAtAFollowerIsToldOfTheLeader() {
    int leader = cluster.state("copied", 0).leader();
    ProduceResponse response =
        cluster.node(leader % 3 + 1).client().call(ProduceResponse.class, produce("copied"), 12);
    assertThat(response.nodeEndpoints().getFirst().nodeId()).isEqualTo(leader);
  }

  /** Its metadata is old, though the leader may be the same. */
  @Test
  void aConsumerWithAnOldEpochIsToldOfTheLeader() {
    cluster.leader("copied", 0).fence();
    cluster.owners.runMs(1_000);
    int epoch = cluster.state("copied", 0).leaderEpoch();
    FetchResponse response = fetch(cluster.leader("copied", 0), "copied", 17, epoch - 1);
    FetchResponse.PartitionData data = Fetches.only(response);
    assertThat(data.errorCode()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH.code());
    assertThat(data.currentLeader())
        .isEqualTo(new FetchResponse.LeaderIdAndEpoch(cluster.state("copied", 0).leader(), epoch));
    assertThat(response.nodeEndpoints()).hasSize(1);
  }

  /** Whoever came right is told nothing. */
  @Test
  void theLeaderNamesNobody() {
    FetchResponse response = fetch(cluster.leader("t", 0), "t", 17, -1);
    assertThat(Fetches.only(response).currentLeader())
        .isEqualTo(FetchResponse.LeaderIdAndEpoch.DEFAULT);
    assertThat(response.nodeEndpoints()).isEmpty();
  }

  private FetchResponse fetch(CopyingNodes.Copying node, String topic, int version, int epoch) {
    return node.client()
        .call(
            FetchResponse.class,
            Fetches.request(
                Fetches.topic(
                    topic,
                    cluster.topic(topic).id(),
                    version,
                    Fetches.partition(0, 0).toBuilder().currentLeaderEpoch(epoch).build())),
            version);
  }

  private ProduceRequest produce(String topic) {
    BatchBuilder batch =
        BatchBuilder.from(0)
            .append(cluster.owners.clock().wallMs(), Bytes.utf8("k"), Bytes.utf8("v"));
    return ProduceRequest.builder()
        .acks((short) 1)
        .timeoutMs(10_000)
        .topicData(
            List.of(
                TopicProduceData.builder()
                    .name(topic)
                    .topicId(cluster.topic(topic).id())
                    .partitionData(
                        List.of(new PartitionProduceData(0, RecordBytes.of(batch.build()))))
                    .build()))
        .build();
  }

  private CopyingNodes.Copying other() {
    return cluster.node(leader() % 3 + 1);
  }

  private int leader() {
    return cluster.state("t", 0).leader();
  }

  private int epoch() {
    return cluster.state("t", 0).leaderEpoch();
  }
}
