package dev.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.message.DeleteRecordsRequest;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsPartition;
import dev.millrace.wire.message.DeleteRecordsRequest.DeleteRecordsTopic;
import dev.millrace.wire.message.DeleteRecordsResponse;
import dev.millrace.wire.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import dev.millrace.wire.message.DescribeLogDirsRequest;
import dev.millrace.wire.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import dev.millrace.wire.message.DescribeLogDirsResponse;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import dev.millrace.wire.message.DescribeProducersRequest;
import dev.millrace.wire.message.DescribeProducersRequest.TopicRequest;
import dev.millrace.wire.message.DescribeProducersResponse;
import dev.millrace.wire.message.DescribeProducersResponse.PartitionResponse;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.ListOffsetsRequest;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.millrace.wire.message.ListOffsetsResponse;
import dev.millrace.wire.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import dev.millrace.wire.message.OffsetForLeaderEpochRequest;
import dev.millrace.wire.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import dev.millrace.wire.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import dev.millrace.wire.message.OffsetForLeaderEpochResponse;
import dev.millrace.wire.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ListOffsets and the other handlers that tell of offsets, producers and directories. */
class OffsetHandlersTest {
  private final DataNode node = new DataNode();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void latestAndEarliestInEveryVersion(int version) {
    node.createTopic("t", 1);
    produce(node.batch("a", "b", "c"));
    ListOffsetsPartitionResponse latest = list(-1, version);
    assertThat(latest.errorCode()).isZero();
    assertThat(latest.offset()).isEqualTo(3);
    assertThat(latest.timestamp()).isEqualTo(-1);
    assertThat(latest.leaderEpoch()).isEqualTo(version >= 4 ? 0 : -1);
    ListOffsetsPartitionResponse earliest = list(-2, version);
    assertThat(earliest.offset()).isZero();
    assertThat(earliest.timestamp()).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"-3,7", "-4,8", "-5,9", "-6,11"})
  void wordsForPlacesHaveTheirFirstVersion(long word, int version) {
    node.createTopic("t", 1);
    assertThat(list(word, version - 1).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
    assertThat(list(word, version).errorCode()).isZero();
    assertThat(list(-7, 11).errorCode()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
  }

  @Test
  void noRecordAtOrAfterATimeIsNoError() {
    node.createTopic("t", 1);
    assertThat(list(0, 11).offset()).isEqualTo(-1);
    assertThat(list(-3, 11).offset()).isEqualTo(-1);
    produce(batch(100, 200));
    ListOffsetsPartitionResponse none = list(201, 11);
    assertThat(none.errorCode()).isZero();
    assertThat(none.offset()).isEqualTo(-1);
    assertThat(none.timestamp()).isEqualTo(-1);
  }

  @Test
  void recordsOnTheirWayToTheDiskAreAwaited() {
    node.createTopic("t", 1);
    node.newClient().send(node.produce("t", 0, 1, batch(100)), 9);
    assertThat(node.partitions().find("t", 0).bounds().highWatermark()).isZero();
    assertThat(list(-1, 11).offset()).isEqualTo(1);
    node.newClient().send(node.produce("t", 0, 1, batch(200)), 9);
    assertThat(list(150, 11).offset()).isEqualTo(1);
    node.newClient().send(node.produce("t", 0, 1, batch(300)), 9);
    assertThat(delete(-1).lowWatermark()).isEqualTo(3);
  }

  @Test
  void aPartitionThatIsAskedForTwiceIsRefused() {
    node.createTopic("t", 1);
    ListOffsetsPartition one = ListOffsetsPartition.builder().timestamp(-1).build();
    ListOffsetsRequest request =
        ListOffsetsRequest.builder()
            .replicaId(-1)
            .topics(List.of(new ListOffsetsTopic("t", List.of(one, one))))
            .build();
    ListOffsetsResponse response = node.call(ListOffsetsResponse.class, request, 7);
    assertThat(response.topics().getFirst().partitions())
        .extracting(ListOffsetsPartitionResponse::errorCode)
        .containsExactly((short) 0, ErrorCode.INVALID_REQUEST.code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"NONE", "ZSTD"})
  void lookupsByTimeAgreeWithALinearScan(Codec codec) {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    node.createTopic("t", 1, "index.interval.bytes", "200");
    long[] times = new long[300];
    int count = 0;
    while (count < times.length) {
      BatchBuilder batch = BatchBuilder.from(0).compressed(codec);
      int records = Math.min(1 + random.nextInt(10), times.length - count);
      for (int i = 0; i < records; i++) {
        times[count] = random.nextInt(1_000);
        batch.append(times[count], null, Bytes.utf8("v"));
        count++;
      }
      produce(batch);
    }
    for (long time = 0; time <= 1_000; time += 7) {
      long wanted = time;
      long expected =
          LongStream.range(0, times.length)
              .filter(offset -> times[(int) offset] >= wanted)
              .findFirst()
              .orElse(-1);
      ListOffsetsPartitionResponse answer = list(time, 11);
      assertThat(answer.offset()).as("seed=%d time=%d", seed, time).isEqualTo(expected);
      assertThat(answer.timestamp())
          .as("seed=%d", seed)
          .isEqualTo(expected < 0 ? -1 : times[(int) expected]);
    }
    long highest = LongStream.of(times).max().getAsLong();
    ListOffsetsPartitionResponse last = list(-3, 11);
    assertThat(last.timestamp()).as("seed=%d", seed).isEqualTo(highest);
    assertThat(times[(int) last.offset()]).as("seed=%d", seed).isEqualTo(highest);
  }

  @Test
  void epochsEndWhereTheyDo() {
    node.createTopic("t", 1);
    produce(node.batch("a", "b"));
    assertThat(epochEnd(0).endOffset()).isEqualTo(2);
    assertThat(epochEnd(0).leaderEpoch()).isZero();
    assertThat(epochEnd(7).endOffset()).isEqualTo(-1);
    assertThat(epochEnd(7).errorCode()).isZero();
  }

  @Test
  void recordsAreDeletedAndTheLogStartIsTold() {
    node.createTopic("t", 1);
    produce(node.batch("a", "b", "c"));
    DeleteRecordsPartitionResult result = delete(2);
    assertThat(result.errorCode()).isZero();
    assertThat(result.lowWatermark()).isEqualTo(2);
    assertThat(list(-2, 11).offset()).isEqualTo(2);
    assertThat(delete(9).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    assertThat(delete(9).lowWatermark()).isEqualTo(-1);
    assertThat(delete(-1).lowWatermark()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void directoriesAreDescribed(int version) {
    node.createTopic("a", 2);
    node.createTopic("b", 1);
    produce("a", node.batch("x"));
    DescribeLogDirsResult all = directory(DescribeLogDirsRequest.builder().topics(null), version);
    assertThat(all.logDir()).isEqualTo("/data");
    assertThat(all.topics()).hasSize(2);
    assertThat(all.topics().getFirst().partitions().getFirst().partitionSize()).isGreaterThan(61);
    assertThat(all.totalBytes()).isEqualTo(version >= 4 ? Long.MAX_VALUE : -1);
    List<DescribableLogDirTopic> some = List.of(new DescribableLogDirTopic("a", List.of(1, 9)));
    DescribeLogDirsResult one = directory(DescribeLogDirsRequest.builder().topics(some), version);
    assertThat(one.topics()).hasSize(1);
    assertThat(one.topics().getFirst().partitions()).hasSize(1);
  }

  @Test
  void producersAreDescribed() {
    node.createTopic("t", 1);
    produce(node.batch("a", "b").producer(77, (short) 3, 0));
    DescribeProducersRequest request =
        new DescribeProducersRequest(List.of(new TopicRequest("t", List.of(0, 1))));
    List<PartitionResponse> partitions =
        node.call(DescribeProducersResponse.class, request, 0).topics().getFirst().partitions();
    assertThat(partitions.get(0).activeProducers()).hasSize(1);
    assertThat(partitions.get(0).activeProducers().getFirst().producerId()).isEqualTo(77);
    assertThat(partitions.get(0).activeProducers().getFirst().producerEpoch()).isEqualTo(3);
    assertThat(partitions.get(0).activeProducers().getFirst().lastSequence()).isEqualTo(1);
    assertThat(partitions.get(1).errorCode())
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void producerIdsRise(int version) {
    InitProducerIdRequest request = InitProducerIdRequest.builder().transactionalId(null).build();
    long first = node.call(InitProducerIdResponse.class, request, version).producerId();
    InitProducerIdResponse second = node.call(InitProducerIdResponse.class, request, version);
    assertThat(second.producerId()).isEqualTo(first + 1);
    assertThat(second.producerEpoch()).isZero();
  }

  private DescribeLogDirsResult directory(DescribeLogDirsRequest.Builder request, int version) {
    List<DescribeLogDirsResult> results =
        node.call(DescribeLogDirsResponse.class, request.build(), version).results();
    assertThat(results).hasSize(1);
    return results.getFirst();
  }

  private DeleteRecordsPartitionResult delete(long offset) {
    List<DeleteRecordsPartition> partitions = List.of(new DeleteRecordsPartition(0, offset));
    DeleteRecordsRequest request =
        DeleteRecordsRequest.builder()
            .topics(List.of(new DeleteRecordsTopic("t", partitions)))
            .build();
    DeleteRecordsResponse response = node.call(DeleteRecordsResponse.class, request, 2);
    return response.topics().getFirst().partitions().getFirst();
  }

  private EpochEndOffset epochEnd(int epoch) {
    OffsetForLeaderPartition partition =
        OffsetForLeaderPartition.builder().leaderEpoch(epoch).build();
    OffsetForLeaderEpochRequest request =
        OffsetForLeaderEpochRequest.builder()
            .topics(List.of(new OffsetForLeaderTopic("t", List.of(partition))))
            .build();
    OffsetForLeaderEpochResponse response =
        node.call(OffsetForLeaderEpochResponse.class, request, 4);
    return response.topics().getFirst().partitions().getFirst();
  }

  private ListOffsetsPartitionResponse list(long timestamp, int version) {
    ListOffsetsPartition one = ListOffsetsPartition.builder().timestamp(timestamp).build();
    ListOffsetsRequest request =
        ListOffsetsRequest.builder()
            .replicaId(-1)
            .topics(List.of(new ListOffsetsTopic("t", List.of(one))))
            .build();
    ListOffsetsResponse response = node.call(ListOffsetsResponse.class, request, version);
    return response.topics().getFirst().partitions().getFirst();
  }

  private static BatchBuilder batch(long... times) {
    BatchBuilder batch = BatchBuilder.from(0);
    for (long time : times) {
      batch.append(time, null, Bytes.utf8("v"));
    }
    return batch;
  }

  private void produce(BatchBuilder batch) {
    produce("t", batch);
  }

  private void produce(String topic, BatchBuilder batch) {
    FakeReply reply = node.newClient().send(node.produce(topic, 0, -1, batch), 9);
    ProduceResponse response = node.await(ProduceResponse.class, reply, 9);
    assertThat(response.responses().getFirst().partitionResponses().getFirst().errorCode())
        .isZero();
  }
}
