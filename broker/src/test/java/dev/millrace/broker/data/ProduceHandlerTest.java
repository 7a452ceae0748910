package dev.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.replica.Partition;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProduceHandlerTest {
  private final DataNode node = new DataNode();

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void appendsByNameInEveryVersion(int version) {
    node.createTopic("t", 1);
    PartitionProduceResponse first = one(produce(1, "a", "b"), version);
    assertThat(first.errorCode()).isZero();
    assertThat(first.baseOffset()).isZero();
    assertThat(first.logAppendTimeMs()).isEqualTo(-1);
    PartitionProduceResponse second = one(produce(-1, "c"), version);
    assertThat(second.baseOffset()).isEqualTo(2);
    assertThat(second.logStartOffset()).isEqualTo(version >= 5 ? 0 : -1);
  }

  @Test
  void appendsByIdFromVersion13On() {
    node.createTopic("t", 1);
    ProduceRequest named = produce(1, "a");
    TopicProduceData data =
        named.topicData().getFirst().toBuilder().name("").topicId(node.topicId("t")).build();
    assertThat(one(named.toBuilder().topicData(List.of(data)).build(), 13).baseOffset()).isZero();
    TopicProduceData other = data.toBuilder().topicId(new Uuid(5, 5)).build();
    assertThat(one(named.toBuilder().topicData(List.of(other)).build(), 13).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
  }

  @Test
  void acksOfAllWaitForTheDiskAndOfOneDoNot() {
    node.createTopic("t", 1);
    FakeReply one = node.client().send(produce(1, "a"), 9);
    assertThat(one.frame()).isNotNull();
    FakeReply all = node.client().send(produce(-1, "b"), 9);
    assertThat(all.frame()).isNull();
    assertThat(partition().bounds().highWatermark()).isZero();
    node.await(ProduceResponse.class, all, 9);
    assertThat(partition().bounds().highWatermark()).isEqualTo(2);
  }

  /** Another node may lead by now: only what every copy has is safe. */
  @Test
  void acksOfOneWaitLikeThoseOfAllWhileTheNodeIsCutOff() {
    node.createTopic("t", 1);
    node.certain(false);
    FakeReply one = node.client().send(produce(1, "a"), 9);
    assertThat(one.frame()).isNull();
    node.await(ProduceResponse.class, one, 9);
    assertThat(partition().bounds().highWatermark()).isEqualTo(1);
    node.certain(true);
    assertThat(node.client().send(produce(1, "b"), 9).frame()).isNotNull();
  }

  @Test
  void acksOfNoneGetNoAnswerAndAnErrorClosesTheConnection() {
    node.createTopic("t", 1);
    FakeReply good = node.client().send(produce(0, "a"), 9);
    assertThat(good.skipped()).isTrue();
    Client other = node.newClient();
    FakeReply bad = other.send(node.produce("nowhere", 0, 0, "a"), 9);
    assertThat(bad.skipped()).isFalse();
    assertThat(bad.frame()).isNull();
    assertThat(other.connection().closedFor()).contains("UNKNOWN_TOPIC_OR_PARTITION");
  }

  @Test
  void otherAcksAreRefused() {
    node.createTopic("t", 1);
    assertThat(one(produce(2, "a"), 9).errorCode())
        .isEqualTo(ErrorCode.INVALID_REQUIRED_ACKS.code());
    assertThat(partition().bounds().highWatermark()).isZero();
  }

  @Test
  void unknownPartitionsAndInternalTopicsAreRefused() {
    node.createTopic("t", 1);
    node.createTopic("__consumer_offsets", 1);
    assertThat(one(node.produce("t", 1, 1, "a"), 9).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(one(node.produce("t", -1, 1, "a"), 9).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    assertThat(one(node.produce("__consumer_offsets", 0, 1, "a"), 9).errorCode())
        .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
  }

  @Test
  void whatIsNoSingleBatchIsRefused() {
    node.createTopic("t", 1);
    ByteBuffer batch = node.batch("a").build();
    ByteBuffer twice = ByteBuffer.allocate(2 * batch.remaining());
    twice.put(batch.duplicate()).put(batch.duplicate()).flip();
    assertThat(one(raw(twice), 9).errorCode()).isEqualTo(ErrorCode.INVALID_RECORD.code());
    assertThat(one(raw(ByteBuffer.allocate(0)), 9).errorCode())
        .isEqualTo(ErrorCode.INVALID_RECORD.code());
    ByteBuffer flipped = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
    int last = flipped.limit() - 1;
    flipped.put(last, (byte) ~flipped.get(last));
    assertThat(one(raw(flipped), 9).errorCode()).isEqualTo(ErrorCode.CORRUPT_MESSAGE.code());
    BatchBuilder zstd = node.batch("a").compressed(Codec.ZSTD);
    assertThat(one(node.produce("t", 0, 1, zstd), 6).errorCode())
        .isEqualTo(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE.code());
    assertThat(one(node.produce("t", 0, 1, zstd), 7).errorCode()).isZero();
    assertThat(one(produce(1, "x".repeat(1_100_000)), 9).errorCode())
        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE.code());
  }

  @Test
  void aRecordToBlameIsNamed() {
    node.createTopic("t", 1, "cleanup.policy", "compact");
    BatchBuilder keyless =
        BatchBuilder.from(0).append(1, Bytes.utf8("k"), null).append(1, null, Bytes.utf8("v"));
    PartitionProduceResponse answer = one(node.produce("t", 0, 1, keyless), 9);
    assertThat(answer.errorCode()).isEqualTo(ErrorCode.INVALID_RECORD.code());
    assertThat(answer.recordErrors()).hasSize(1);
    assertThat(answer.recordErrors().getFirst().batchIndex()).isEqualTo(1);
    assertThat(answer.errorMessage()).isNotNull();
    assertThat(answer.baseOffset()).isEqualTo(-1);
    assertThat(answer.logStartOffset()).isEqualTo(-1);
    assertThat(one(node.produce("t", 0, 1, keyless), 7).errorCode())
        .isEqualTo(ErrorCode.INVALID_RECORD.code());
  }

  @Test
  void theLeadersTimeIsToldWhereTheTopicHasIt() {
    node.createTopic("t", 1, "message.timestamp.type", "LogAppendTime");
    long before = node.owners().clock().wallMs();
    PartitionProduceResponse answer = one(produce(1, "a"), 9);
    assertThat(answer.logAppendTimeMs()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void aRetryIsAnsweredLikeTheOriginalAndAGapIsRefused() {
    node.createTopic("t", 1);
    assertThat(one(idempotent(0), 9).baseOffset()).isZero();
    assertThat(one(idempotent(1), 9).baseOffset()).isEqualTo(1);
    assertThat(one(idempotent(0), 9).baseOffset()).isZero();
    assertThat(one(idempotent(3), 9).errorCode())
        .isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER.code());
    assertThat(partition().bounds().highWatermark()).isEqualTo(2);
  }

  /** Clients take this code for success; a gap would have them send again until they give up. */
  @Test
  void aRetryOfWhatNobodyRemembersIsToldToBeThere() {
    node.createTopic("t", 1);
    for (int i = 0; i < 9; i++) {
      assertThat(one(idempotent(i), 9).baseOffset()).isEqualTo(i);
    }
    PartitionProduceResponse late = one(idempotent(1), 9);
    assertThat(late.errorCode()).isEqualTo(ErrorCode.DUPLICATE_SEQUENCE_NUMBER.code());
    assertThat(late.baseOffset()).isEqualTo(-1);
    assertThat(partition().bounds().highWatermark()).isEqualTo(9);
  }

  @Test
  void transactionalBatchesNeedATransactionalId() {
    node.createTopic("t", 1);
    BatchBuilder batch = node.batch("a").producer(1, (short) 0, 0).transactional();
    assertThat(one(node.produce("t", 0, 1, batch), 9).errorCode())
        .isEqualTo(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
  }

  @Test
  void aWaitEndsWithItsTimeAndTheRecordStays() {
    Set<Short> errors = new HashSet<>();
    for (long seed = 1; seed <= 30; seed++) {
      DataNode racing = new DataNode(seed, Map.of());
      racing.createTopic("t", 1);
      ProduceRequest request = racing.produce("t", 0, -1, "a").toBuilder().timeoutMs(0).build();
      PartitionProduceResponse answer = only(racing.call(ProduceResponse.class, request, 9));
      errors.add(answer.errorCode());
      assertThat(answer.baseOffset()).isEqualTo(answer.errorCode() == 0 ? 0 : -1);
      Partition partition = racing.partitions().find("t", 0);
      racing.owners().runUntil(() -> partition.bounds().highWatermark() == 1, 1_000);
    }
    assertThat(errors)
        .as("the disk races with the clock")
        .containsExactlyInAnyOrder((short) 0, ErrorCode.REQUEST_TIMED_OUT.code());
  }

  @Test
  void aClientThatGoesLeavesNothingBehind() {
    node.createTopic("t", 1);
    FakeReply reply = node.client().send(produce(-1, "a"), 9);
    reply.gone();
    node.owners().runMs(10_000);
    assertThat(reply.frame()).isNull();
    assertThat(partition().bounds().highWatermark()).isEqualTo(1);
  }

  @Test
  void aFailedDiskIsTold() {
    node.createTopic("t", 1);
    node.disk().faults(DiskFaults.every(Set.of(Operation.SYNC), DiskException.Kind.FAILED));
    assertThat(one(produce(-1, "a"), 9).errorCode())
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR.code());
    assertThat(one(produce(1, "a"), 9).errorCode()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR.code());
  }

  @Test
  void theAnswerHoldsExactlyWhatWasAsked() {
    node.createTopic("a", 2);
    node.createTopic("b", 1);
    ProduceRequest request =
        ProduceRequest.builder()
            .acks((short) -1)
            .timeoutMs(1_000)
            .topicData(List.of(topic("a", 1, 0, 7), topic("x", 0), topic("b", 0)))
            .build();
    ProduceResponse response = node.call(ProduceResponse.class, request, 9);
    assertThat(response.responses())
        .extracting(ProduceResponse.TopicProduceResponse::name)
        .containsExactly("a", "x", "b");
    assertThat(response.responses().get(0).partitionResponses())
        .extracting(PartitionProduceResponse::index, PartitionProduceResponse::errorCode)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, (short) 0),
            org.assertj.core.groups.Tuple.tuple(0, (short) 0),
            org.assertj.core.groups.Tuple.tuple(7, (short) 3));
  }

  private TopicProduceData topic(String name, int... indexes) {
    List<PartitionProduceData> data =
        java.util.Arrays.stream(indexes)
            .mapToObj(
                index -> new PartitionProduceData(index, RecordBytes.of(node.batch("v").build())))
            .toList();
    return TopicProduceData.builder().name(name).partitionData(data).build();
  }

  private ProduceRequest idempotent(int sequence) {
    return node.produce("t", 0, -1, node.batch("v").producer(9, (short) 0, sequence));
  }

  private ProduceRequest produce(int acks, String... values) {
    return node.produce("t", 0, acks, values);
  }

  private static ProduceRequest raw(ByteBuffer bytes) {
    PartitionProduceData data = new PartitionProduceData(0, RecordBytes.of(bytes));
    return ProduceRequest.builder()
        .acks((short) 1)
        .topicData(
            List.of(TopicProduceData.builder().name("t").partitionData(List.of(data)).build()))
        .build();
  }

  private PartitionProduceResponse one(ProduceRequest request, int version) {
    return only(node.call(ProduceResponse.class, request, version));
  }

  private static PartitionProduceResponse only(ProduceResponse response) {
    assertThat(response.responses()).hasSize(1);
    assertThat(response.responses().getFirst().partitionResponses()).hasSize(1);
    return response.responses().getFirst().partitionResponses().getFirst();
  }

  private Partition partition() {
    Partition partition = node.partitions().find("t", 0);
    assertThat(partition).isNotNull();
    return partition;
  }
}
