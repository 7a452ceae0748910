package dev.millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.broker.fake.Fetches;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DeleteTopicsRequest;
import dev.millrace.wire.message.DeleteTopicsResponse;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.ForgottenTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.message.ProduceResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchHandlerTest {
  private final DataNode node = new DataNode();

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
  void givesRecordsInEveryVersion(int version) {
    node.createTopic("t", 1);
    produce("t", 0, "a", "b");
    FetchRequest request =
        Fetches.request(Fetches.topic("t", node.topicId("t"), version, Fetches.partition(0, 0)));
    FetchResponse response = node.call(FetchResponse.class, request, version);
    assertThat(response.errorCode()).isZero();
    PartitionData data = Fetches.only(response);
    assertThat(data.errorCode()).isZero();
    assertThat(data.highWatermark()).isEqualTo(2);
    assertThat(data.lastStableOffset()).isEqualTo(2);
    assertThat(data.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
    assertThat(data.abortedTransactions()).isNull();
    assertThat(Fetches.values(data)).containsExactly("a", "b");
  }

  @Test
  void readCommittedNamesAbortedTransactions() {
    node.createTopic("t", 1);
    produce("t", 0, "a");
    FetchRequest request =
        fetch("t", Fetches.partition(0, 0)).toBuilder().isolationLevel((byte) 1).build();
    assertThat(Fetches.only(node.call(FetchResponse.class, request, 11)).abortedTransactions())
        .isEmpty();
  }

  @Test
  void theFirstBatchComesWholeWhateverTheLimits() {
    node.createTopic("t", 2);
    produce("t", 0, "a".repeat(500));
    produce("t", 0, "b".repeat(500));
    produce("t", 1, "c".repeat(500));
    FetchRequest tiny =
        fetch(
                "t",
                Fetches.partition(0, 0).toBuilder().partitionMaxBytes(1).build(),
                Fetches.partition(1, 0))
            .toBuilder()
            .maxBytes(10)
            .build();
    List<PartitionData> data = Fetches.all(node.call(FetchResponse.class, tiny, 11));
    assertThat(Fetches.values(data.get(0))).containsExactly("a".repeat(500));
    assertThat(data.get(1).records().size()).as("the answer is full").isZero();
    assertThat(data.get(1).highWatermark()).isEqualTo(1);
  }

  @Test
  void theLastBatchMayBeCut() {
    node.createTopic("t", 1);
    produce("t", 0, "a");
    int one = Fetches.only(node.call(FetchResponse.class, fetch("t", 0), 11)).records().size();
    produce("t", 0, "b");
    FetchRequest request =
        fetch("t", Fetches.partition(0, 0).toBuilder().partitionMaxBytes(one + 9).build());
    PartitionData data = Fetches.only(node.call(FetchResponse.class, request, 11));
    assertThat(data.records().size()).isEqualTo(one + 9);
    assertThat(Fetches.values(data)).containsExactly("a");
  }

  @Test
  void errorsOfPartitionsAreTold() {
    node.createTopic("t", 1);
    produce("t", 0, "a");
    FetchRequest request =
        fetch("t", Fetches.partition(0, 2), Fetches.partition(1, 0)).toBuilder().build();
    List<PartitionData> data = Fetches.all(node.call(FetchResponse.class, request, 11));
    assertThat(data.get(0).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    assertThat(data.get(0).highWatermark()).isEqualTo(-1);
    assertThat(data.get(0).records()).isNotNull();
    assertThat(data.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(Fetches.only(node.call(FetchResponse.class, fetch("x", 0), 11)).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    FetchRequest byId =
        Fetches.request(Fetches.topic("", new Uuid(7, 7), 13, Fetches.partition(0, 0)));
    assertThat(Fetches.only(node.call(FetchResponse.class, byId, 13)).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
    FetchRequest future =
        fetch("t", Fetches.partition(0, 0).toBuilder().currentLeaderEpoch(99).build());
    assertThat(Fetches.only(node.call(FetchResponse.class, future, 11)).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH.code());
  }

  @Test
  void aReaderOfAnEpochThatNeverWasIsToldAtOnce() {
    node.createTopic("t", 1);
    produce("t", 0, "a");
    FetchRequest request =
        Fetches.request(
                Fetches.topic(
                    "t",
                    Uuid.ZERO,
                    12,
                    Fetches.partition(0, 1).toBuilder().lastFetchedEpoch(5).build()))
            .toBuilder()
            .maxWaitMs(10_000)
            .build();
    PartitionData data = Fetches.only(node.call(FetchResponse.class, request, 12));
    assertThat(data.errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
  }

  @Test
  void waitsForRecordsAndWakesWithTheHighWatermark() {
    node.createTopic("t", 2);
    FakeReply reply = node.client().send(longPoll(1, 0, 0), 11);
    node.owners().runMs(100);
    assertThat(reply.frame()).isNull();
    long before = node.owners().clock().monotonicMs();
    node.newClient().send(node.produce("t", 1, 1, "x"), 9);
    FetchResponse response = node.await(FetchResponse.class, reply, 11);
    assertThat(Fetches.all(response)).hasSize(2);
    assertThat(Fetches.values(Fetches.all(response).get(1))).containsExactly("x");
    assertThat(node.owners().clock().monotonicMs() - before).isLessThan(10);
    assertThat(node.partitions().find("t", 1).bounds().highWatermark()).isEqualTo(1);
  }

  @Test
  void answersEmptyWhenTheTimeIsOver() {
    node.createTopic("t", 2);
    long before = node.owners().clock().monotonicMs();
    FetchResponse response = node.call(FetchResponse.class, longPoll(1, 0, 0), 11);
    assertThat(Fetches.all(response)).allMatch(data -> data.records().size() == 0);
    assertThat(node.owners().clock().monotonicMs() - before).isBetween(500L, 510L);
  }

  @Test
  void waitsUntilThereAreBytesEnough() {
    node.createTopic("t", 2);
    FakeReply reply = node.client().send(longPoll(1_000, 0, 0), 11);
    node.newClient().send(node.produce("t", 0, -1, "x".repeat(600)), 9);
    node.owners().runMs(50);
    assertThat(reply.frame()).isNull();
    node.newClient().send(node.produce("t", 1, -1, "y".repeat(600)), 9);
    FetchResponse response = node.await(FetchResponse.class, reply, 11);
    assertThat(Fetches.all(response)).allMatch(data -> data.records().size() > 600);
  }

  @Test
  void whatWasThereAlreadyCounts() {
    node.createTopic("t", 1);
    produce("t", 0, "x".repeat(600));
    FakeReply reply = node.client().send(longPoll(1_000, 0), 11);
    assertThat(reply.frame()).isNull();
    node.newClient().send(node.produce("t", 0, -1, "y".repeat(400)), 9);
    node.owners().runMs(50);
    assertThat(reply.frame()).isNotNull();
  }

  @Test
  void aDeletedTopicWakesWhoeverWaits() {
    node.createTopic("t", 1);
    FakeReply reply = node.client().send(longPoll(1, 0), 11);
    DeleteTopicsRequest delete =
        DeleteTopicsRequest.builder().topicNames(List.of("t")).timeoutMs(1_000).build();
    FakeReply deleted = node.newClient().send(delete, 5);
    node.await(DeleteTopicsResponse.class, deleted, 5);
    node.owners().runMs(50);
    assertThat(Fetches.only(node.await(FetchResponse.class, reply, 11)).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
  }

  @Test
  void aClientThatGoesLeavesNothingBehind() {
    node.createTopic("t", 1);
    FakeReply reply = node.client().send(longPoll(1, 0), 11);
    reply.gone();
    produce("t", 0, "x");
    node.owners().runMs(2_000);
    assertThat(reply.frame()).isNull();
  }

  @Test
  void aSessionTellsOnlyNews() {
    node.createTopic("t", 2);
    FetchRequest first = fetch("t", Fetches.partition(0, 0), Fetches.partition(1, 0));
    FetchResponse whole =
        node.call(FetchResponse.class, first.toBuilder().sessionEpoch(0).build(), 11);
    assertThat(whole.sessionId()).isPositive();
    assertThat(Fetches.all(whole)).hasSize(2);

    FetchResponse quiet = next(whole.sessionId(), 1);
    assertThat(quiet.responses()).isEmpty();
    produce("t", 1, "x");
    FetchResponse news = next(whole.sessionId(), 2);
    assertThat(Fetches.only(news).partitionIndex()).isEqualTo(1);
    assertThat(Fetches.values(Fetches.only(news))).containsExactly("x");

    FetchRequest forget =
        session(whole.sessionId(), 3).toBuilder()
            .forgottenTopicsData(
                List.of(ForgottenTopic.builder().topic("t").partitions(List.of(1)).build()))
            .build();
    assertThat(node.call(FetchResponse.class, forget, 11).responses()).isEmpty();
    assertThat(next(whole.sessionId(), 9).errorCode())
        .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH.code());
  }

  @Test
  void aSessionThatWaitsWakesWithNewsOfOnePartition() {
    node.createTopic("t", 50);
    FetchPartition[] all = new FetchPartition[50];
    Arrays.setAll(all, i -> Fetches.partition(i, 0));
    FetchRequest first = fetch("t", all).toBuilder().sessionEpoch(0).build();
    int id = node.call(FetchResponse.class, first, 11).sessionId();
    FetchRequest poll =
        session(id, 1).toBuilder().maxWaitMs(5_000).minBytes(1).maxBytes(1 << 20).build();
    FakeReply reply = node.client().send(poll, 11);
    produce("t", 33, "x");
    FetchResponse response = node.await(FetchResponse.class, reply, 11);
    assertThat(Fetches.only(response).partitionIndex()).isEqualTo(33);
  }

  @Test
  void coldBytesAreLoadedByAReader() {
    node.createTopic("t", 1);
    node.createTopic("filler", 1);
    produce("t", 0, "x".repeat(10_000));
    for (int i = 0; i < 20; i++) {
      produce("filler", 0, "y".repeat(100_000));
    }
    node.disk().dropCache();
    FakeReply reply = node.client().send(fetch("t", 0), 11);
    assertThat(reply.frame()).as("a loop never waits for the disk").isNull();
    assertThat(Fetches.values(Fetches.only(node.await(FetchResponse.class, reply, 11))))
        .containsExactly("x".repeat(10_000));
  }

  @Test
  void aFailedColdReadTakesItsDirectoryOffline() {
    node.createTopic("t", 2);
    node.createTopic("filler", 1);
    produce("t", 0, "x".repeat(10_000));
    for (int i = 0; i < 20; i++) {
      produce("filler", 0, "y".repeat(100_000));
    }
    node.disk().dropCache();
    FakeReply reply =
        node.client().send(fetch("t", Fetches.partition(0, 0), Fetches.partition(1, 0)), 11);
    node.disk().faults(DiskFaults.every(Set.of(Operation.READ), DiskException.Kind.FAILED));
    List<PartitionData> data = Fetches.all(node.await(FetchResponse.class, reply, 11));
    assertThat(data.get(0).errorCode()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR.code());
    assertThat(data.get(1).errorCode()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR.code());
  }

  private FetchResponse next(int id, int epoch) {
    return node.call(FetchResponse.class, session(id, epoch), 11);
  }

  private static FetchRequest session(int id, int epoch) {
    return FetchRequest.builder().sessionId(id).sessionEpoch(epoch).maxBytes(1 << 20).build();
  }

  private static FetchRequest longPoll(int minBytes, long... offsets) {
    FetchPartition[] partitions = new FetchPartition[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      partitions[i] = Fetches.partition(i, offsets[i]);
    }
    return fetch("t", partitions).toBuilder().maxWaitMs(500).minBytes(minBytes).build();
  }

  private static FetchRequest fetch(String topic, long offset) {
    return fetch(topic, Fetches.partition(0, offset));
  }

  private static FetchRequest fetch(String topic, FetchPartition... partitions) {
    return Fetches.request(Fetches.topic(topic, Uuid.ZERO, 11, partitions));
  }

  private void produce(String topic, int partition, String... values) {
    ProduceResponse response =
        node.await(
            ProduceResponse.class,
            node.newClient().send(node.produce(topic, partition, -1, values), 9),
            9);
    assertThat(response.responses().getFirst().partitionResponses().getFirst().errorCode())
        .isZero();
  }
}
