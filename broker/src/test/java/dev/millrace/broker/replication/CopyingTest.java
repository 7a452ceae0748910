package dev.millrace.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.sim.Crash;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.broker.fake.Fetches;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.DeleteRecordsRequest;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsPartition;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsTopic;
import dev.millrace.wire.message.DeleteRecordsResponse;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Three brokers with the real handlers on a simulated network. */
class CopyingTest {
  private static final long SEED = Long.getLong("millrace.seed", 11);

  private final CopyingNodes cluster = new CopyingNodes(SEED, 3);

  @Test
  void acksAllIsAnsweredWhenAllCopiesHaveIt() {
    createTopic("t", 3);
    for (int i = 0; i < 20; i++) {
      assertThat(produce("t", i % 3, "v" + i)).isEqualTo(ErrorCode.NONE);
    }
    for (int index = 0; index < 3; index++) {
      long end = cluster.leader("t", index).partition("t", index).bounds().highWatermark();
      assertThat(end).isGreaterThanOrEqualTo(6);
      for (CopyingNodes.Copying node : cluster.nodes) {
        assertThat(node.partition("t", index).logEndOffset()).isEqualTo(end);
      }
    }
  }

  @Test
  void followersHearOfTheHighWatermarkWithoutDelay() {
    createTopic("t", 1);
    produce("t", 0, "first");
    cluster.owners.runMs(1_000);
    long before = cluster.owners.clock().monotonicMs();
    produce("t", 0, "second");
    cluster.owners.runUntil(
        () ->
            cluster.nodes.stream()
                .allMatch(node -> node.partition("t", 0).bounds().highWatermark() == 2),
        1_000);
    assertThat(cluster.owners.clock().monotonicMs() - before).isLessThan(60);
  }

  @Test
  void anotherPartitionIsTakenInWhileTheOthersWait() {
    createTopic("t", 6);
    produce("t", 0, "a");
    cluster.owners.runMs(700);
    createTopic("u", 6);
    long before = cluster.owners.clock().monotonicMs();
    for (int index = 0; index < 6; index++) {
      assertThat(produce("u", index, "b")).isEqualTo(ErrorCode.NONE);
    }
    assertThat(cluster.owners.clock().monotonicMs() - before).isLessThan(200);
  }

  @Test
  void recordsAreDeletedOnEveryCopyThatLives() {
    createTopic("t", 1);
    produce("t", 0, "a");
    produce("t", 0, "b");
    CopyingNodes.Copying leader = cluster.leader("t", 0);
    assertThat(delete(leader, 1, 5_000)).isEqualTo(ErrorCode.NONE);
    for (CopyingNodes.Copying node : cluster.nodes) {
      assertThat(node.partition("t", 0).bounds().logStartOffset()).isEqualTo(1);
    }
    CopyingNodes.Copying other = cluster.node(leader.id % 3 + 1);
    cluster.network.cut(leader.id, other.id);
    assertThat(delete(leader, 2, 500)).isEqualTo(ErrorCode.REQUEST_TIMED_OUT);
    other.crash(Crash.ofProcess());
    other.fence();
    assertThat(delete(leader, 2, 5_000)).isEqualTo(ErrorCode.NONE);
  }

  private ErrorCode delete(CopyingNodes.Copying leader, long offset, int timeoutMs) {
    DeleteRecordsRequest request =
        DeleteRecordsRequest.builder()
            .topics(
                List.of(
                    new DeleteRecordsTopic("t", List.of(new DeleteRecordsPartition(0, offset)))))
            .timeoutMs(timeoutMs)
            .build();
    FakeReply reply = leader.client().send(request, 2);
    cluster.owners.runUntil(() -> reply.frame() != null, 20_000);
    DeleteRecordsResponse response = Client.answer(DeleteRecordsResponse.class, reply, 2);
    return ErrorCode.of(response.topics().getFirst().partitions().getFirst().errorCode());
  }

  @Test
  void aConsumerIsSentToTheCopyInItsRack() {
    createTopic("t", 1);
    produce("t", 0, "a");
    CopyingNodes.Copying leader = cluster.leader("t", 0);
    CopyingNodes.Copying near = cluster.node(leader.id % 3 + 1);
    cluster.owners.runUntil(() -> near.partition("t", 0).bounds().highWatermark() == 1, 1_000);
    assertThat(fetch(leader, "rack" + near.id, 0).preferredReadReplica()).isEqualTo(near.id);
    assertThat(fetch(leader, "rack" + leader.id, 0).preferredReadReplica()).isEqualTo(-1);
    assertThat(fetch(leader, "nowhere", 0).preferredReadReplica()).isEqualTo(-1);
    PartitionData data = fetch(near, "rack" + near.id, 0);
    assertThat(data.errorCode()).isZero();
    assertThat(Fetches.values(data)).containsExactly("a");
    assertThat(fetch(near, "rack" + near.id, 1).errorCode()).isZero();
    // it may be behind: its leader knows what is out of range
    assertThat(fetch(near, "rack" + near.id, 9).errorCode())
        .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
  }

  /** A consumer that knows of more than a leader that was cut off is not sent back to the start. */
  @Test
  void aLeaderThatMayBeNoneDoesNotSayWhatIsOutOfRange() {
    createTopic("t", 1);
    produce("t", 0, "a");
    CopyingNodes.Copying leader = cluster.leader("t", 0);
    assertThat(fetch(leader, "", 9).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    leader.certain = false;
    assertThat(fetch(leader, "", 9).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER.code());
    assertThat(fetch(leader, "", 1).errorCode()).isZero();
    assertThat(delete(leader, 1, 5_000)).isEqualTo(ErrorCode.NONE);
    assertThat(fetch(leader, "", 0).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
  }

  private PartitionData fetch(CopyingNodes.Copying node, String rack, long offset) {
    FetchRequest request =
        Fetches.request(
                Fetches.topic("t", cluster.topic("t").id(), 13, Fetches.partition(0, offset)))
            .toBuilder()
            .rackId(rack)
            .build();
    FakeReply reply = node.client().send(request, 13);
    cluster.owners.runUntil(() -> reply.frame() != null, 20_000);
    return Fetches.only(Client.answer(FetchResponse.class, reply, 13));
  }

  @Test
  void aNewLeaderServesWhatWasAcknowledged() {
    createTopic("t", 1);
    assertThat(produce("t", 0, "kept")).isEqualTo(ErrorCode.NONE);
    CopyingNodes.Copying old = cluster.leader("t", 0);
    old.crash(Crash.losingUnsynced());
    old.fence();
    CopyingNodes.Copying next = cluster.leader("t", 0);
    assertThat(next.id).isNotEqualTo(old.id);
    cluster.owners.runUntil(() -> next.partition("t", 0).isLeader(-1), 1_000);
    assertThat(produce("t", 0, "more")).isEqualTo(ErrorCode.NONE);
    old.start();
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == 3, 20_000);
    assertThat(old.partition("t", 0).logEndOffset()).isEqualTo(2);
  }

  @Test
  void aFollowerThatWasCutOffJoinsAgain() {
    createTopic("t", 2);
    CopyingNodes.Copying leader = cluster.leader("t", 0);
    CopyingNodes.Copying other = cluster.node(leader.id % 3 + 1);
    cluster.network.cut(leader.id, other.id);
    FakeReply reply = send(leader.client(), "t", 0, "late");
    cluster.owners.runUntil(() -> reply.frame() != null, 20_000);
    assertThat(cluster.state("t", 0).isr()).doesNotContain(other.id).hasSize(2);
    cluster.network.heal();
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == 3, 60_000);
  }

  /** The controller hears of both, so nobody is fenced. */
  @Test
  void aFollowerThatTheLeaderAloneDoesNotHearOfIsNotWaitedForLong() {
    createTopic("t", 1);
    CopyingNodes.Copying leader = cluster.leader("t", 0);
    CopyingNodes.Copying other = cluster.node(leader.id % 3 + 1);
    cluster.owners.runMs(100_000);
    cluster.network.cut(leader.id, other.id);
    long before = cluster.owners.clock().monotonicMs();
    assertThat(produce("t", 0, "late")).isEqualTo(ErrorCode.NONE);
    assertThat(cluster.owners.clock().monotonicMs() - before)
        .isLessThanOrEqualTo(3 * CopyingNodes.SESSION_MS + 100);
    assertThat(cluster.state("t", 0).isr()).doesNotContain(other.id).hasSize(2);
    cluster.network.heal();
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == 3, 60_000);
  }

  /** Where too few copies would be left, there is nothing to win. */
  @Test
  void theInSyncSetIsNotGivenUpForTheSakeOfSilentOnes() {
    createTopic("t", 1);
    CopyingNodes.Copying leader = cluster.leader("t", 0);
    for (int i = 1; i <= 2; i++) {
      cluster.network.cut(leader.id, (leader.id + i - 1) % 3 + 1);
    }
    FakeReply reply = send(leader.client(), "t", 0, "late");
    cluster.owners.runMs(4 * CopyingNodes.SESSION_MS);
    assertThat(cluster.state("t", 0).isr()).hasSize(2);
    cluster.network.heal();
    cluster.owners.runUntil(() -> reply.frame() != null, 20_000);
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == 3, 60_000);
  }

  /** It says so, and is out of the way at once. */
  @Test
  void aFollowerWhoseDiskIsFullHoldsNobodyUp() {
    createTopic("t", 1);
    produce("t", 0, "a");
    CopyingNodes.Copying leader = cluster.leader("t", 0);
    CopyingNodes.Copying other = cluster.node(leader.id % 3 + 1);
    other.disk.capacityBytes(0);
    long before = cluster.owners.clock().monotonicMs();
    assertThat(produce("t", 0, "b")).isEqualTo(ErrorCode.NONE);
    assertThat(cluster.owners.clock().monotonicMs() - before).isLessThan(200);
    assertThat(cluster.state("t", 0).isr()).doesNotContain(other.id).hasSize(2);
    for (int i = 0; i < 20; i++) {
      assertThat(produce("t", 0, "c" + i)).isEqualTo(ErrorCode.NONE);
      cluster.owners.runMs(300);
    }
    assertThat(cluster.state("t", 0).isr()).doesNotContain(other.id).hasSize(2);
    other.disk.capacityBytes(Long.MAX_VALUE);
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == 3, 60_000);
    assertThat(other.partition("t", 0).logEndOffset()).isEqualTo(22);
  }

  /** What it cannot write, one of the others can. */
  @Test
  void aLeaderWhoseDiskIsFullIsFollowedByAnother() {
    createTopic("t", 1);
    produce("t", 0, "a");
    CopyingNodes.Copying full = cluster.leader("t", 0);
    full.disk.capacityBytes(0);
    assertThat(produce("t", 0, "b")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    cluster.owners.runUntil(() -> cluster.state("t", 0).leader() != full.id, 500);
    assertThat(cluster.state("t", 0).isr()).hasSize(2);
    cluster.owners.runMs(100);
    assertThat(produce("t", 0, "b")).isEqualTo(ErrorCode.NONE);
    cluster.owners.runMs(5_000);
    assertThat(cluster.state("t", 0).leader()).isNotEqualTo(full.id);
    assertThat(cluster.state("t", 0).isr()).doesNotContain(full.id).hasSize(2);
    full.disk.capacityBytes(Long.MAX_VALUE);
    cluster.owners.runUntil(() -> cluster.state("t", 0).isr().size() == 3, 60_000);
    assertThat(full.partition("t", 0).logEndOffset()).isEqualTo(2);
  }

  /** Below min.insync.replicas nobody would be helped. */
  @Test
  void aLeaderWhoseDiskIsFullGoesOnWhenTooFewWouldBeLeft() {
    createTopic("t", 1);
    produce("t", 0, "a");
    CopyingNodes.Copying full = cluster.leader("t", 0);
    CopyingNodes.Copying other = cluster.node(full.id % 3 + 1);
    other.crash(Crash.ofProcess());
    other.fence();
    cluster.owners.runMs(1_000);
    full.disk.capacityBytes(0);
    assertThat(produce("t", 0, "b")).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    cluster.owners.runMs(2_000);
    assertThat(cluster.state("t", 0).leader()).isEqualTo(full.id);
    full.disk.capacityBytes(Long.MAX_VALUE);
    assertThat(produce("t", 0, "c")).isEqualTo(ErrorCode.NONE);
  }

  private void createTopic(String name, int partitions) {
    cluster.decide(
        new CreateTopics(
            List.of(
                new CreateTopics.NewTopic(
                    name, partitions, 3, Map.of(), Map.of("min.insync.replicas", "2"))),
            false));
    cluster.owners.runUntil(
        () -> cluster.nodes.stream().allMatch(node -> node.has(name, partitions - 1)), 10_000);
  }

  private ErrorCode produce(String topic, int index, String value) {
    Client client = cluster.leader(topic, index).client();
    FakeReply reply = send(client, topic, index, value);
    cluster.owners.runUntil(() -> reply.frame() != null, 20_000);
    ProduceResponse response = Client.answer(ProduceResponse.class, reply, 13);
    return ErrorCode.of(
        response.responses().getFirst().partitionResponses().getFirst().errorCode());
  }

  private FakeReply send(Client client, String topic, int index, String value) {
    BatchBuilder batch =
        BatchBuilder.from(0)
            .append(cluster.owners.clock().wallMs(), Bytes.utf8("k"), Bytes.utf8(value));
    PartitionProduceData data = new PartitionProduceData(index, RecordBytes.of(batch.build()));
    ProduceRequest request =
        ProduceRequest.builder()
            .acks((short) -1)
            .timeoutMs(10_000)
            .topicData(
                List.of(
                    TopicProduceData.builder()
                        .topicId(cluster.topic(topic).id())
                        .partitionData(List.of(data))
                        .build()))
            .build();
    return client.send(request, 13);
  }
}
