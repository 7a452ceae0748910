package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.message.ProduceResponse.TopicProduceResponse;
import dev.millrace.wire.records.RecordBatch;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlainProducerTest {
  private static final ClientSettings QUICK = new ClientSettings("test", 10_000, 10_000, 1);

  private final FakeNode node = new FakeNode();

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void numbersItsRecords() {
    node.on(ApiKey.PRODUCE, request -> answer(request, part -> ErrorCode.NONE));
    send(3, 2);
    assertThat(batches())
        .extracting(RecordBatch::producerId, RecordBatch::baseSequence, RecordBatch::recordCount)
        .containsExactly(tuple(77L, 0, 3), tuple(77L, 3, 2));
  }

  @Test
  void sendsTheSameBatchAgainAfterAPassingError() {
    AtomicInteger calls = new AtomicInteger();
    node.on(
        ApiKey.PRODUCE,
        request ->
            answer(
                request,
                part ->
                    calls.getAndIncrement() < 2
                        ? ErrorCode.NOT_LEADER_OR_FOLLOWER
                        : ErrorCode.NONE));
    send(2);
    assertThat(batches()).extracting(RecordBatch::baseSequence).containsExactly(0, 0, 0);
  }

  @Test
  void sendsTheSameBatchAgainAfterABreak() {
    AtomicInteger calls = new AtomicInteger();
    node.on(
        ApiKey.PRODUCE,
        request -> calls.getAndIncrement() == 0 ? null : answer(request, part -> ErrorCode.NONE));
    send(2);
    assertThat(batches()).extracting(RecordBatch::baseSequence).containsExactly(0, 0);
  }

  @Test
  void anAlreadyKnownBatchIsDone() {
    node.on(
        ApiKey.PRODUCE, request -> answer(request, part -> ErrorCode.DUPLICATE_SEQUENCE_NUMBER));
    send(1);
    assertThat(batches()).hasSize(1);
  }

  @Test
  void aRefusalIsTold() {
    node.on(ApiKey.PRODUCE, request -> answer(request, part -> ErrorCode.MESSAGE_TOO_LARGE));
    assertThatThrownBy(() -> send(1))
        .isInstanceOf(ClientException.class)
        .hasMessage("produce to t-0: MESSAGE_TOO_LARGE");
  }

  @Test
  void sendsOnlyWhatIsLeft() {
    AtomicInteger failures = new AtomicInteger();
    node.on(
        ApiKey.PRODUCE,
        request ->
            answer(
                request,
                part ->
                    part.index() == 1 && failures.getAndIncrement() == 0
                        ? ErrorCode.NOT_ENOUGH_REPLICAS
                        : ErrorCode.NONE));
    try (Cluster cluster = connect();
        PlainProducer producer = producer(cluster)) {
      producer.send("t", 0, null, Bytes.utf8("a"));
      producer.send("t", 1, null, Bytes.utf8("b"));
    }
    assertThat(node.seen(ProduceRequest.class))
        .extracting(request ->
            request.topicData().getFirst().partitionData().stream()
                .map(PartitionProduceData::index)
                .toList())
        .containsExactly(List.of(0, 1), List.of(1));
  }

  @Test
  void aPartitionThatIsNotThereIsTold() {
    try (Cluster cluster = connect();
        PlainProducer producer = producer(cluster)) {
      assertThatThrownBy(() -> producer.send("t", 2, null, null))
          .isInstanceOf(ClientException.class)
          .hasMessage("topic has no such partition, topic=t partition=2 partitions=2");
    }
  }

  private void send(int... batches) {
    try (Cluster cluster = connect();
        PlainProducer producer = producer(cluster)) {
      for (int records : batches) {
        for (int i = 0; i < records; i++) {
          producer.send("t", 0, Bytes.utf8("k"), Bytes.utf8("v"));
        }
        producer.flush();
      }
    }
  }

  private PlainProducer producer(Cluster cluster) {
    node.on(
        ApiKey.INIT_PRODUCER_ID,
        request ->
            InitProducerIdResponse.builder().producerId(77).producerEpoch((short) 0).build());
    return new PlainProducer(cluster, Delivery.SAFE);
  }

  private Cluster connect() {
    node.on(ApiKey.INIT_PRODUCER_ID, request -> InitProducerIdResponse.DEFAULT);
    return Cluster.connect(List.of(node.endpoint()), QUICK);
  }

  private List<RecordBatch> batches() {
    return node.seen(ProduceRequest.class).stream()
        .map(request -> request.topicData().getFirst().partitionData().getFirst().records())
        .map(RecordBytes.InMemory.class::cast)
        .map(records -> RecordBatch.at(records.view()))
        .toList();
  }

  private static ProduceResponse answer(
      Request request, Function<PartitionProduceData, ErrorCode> error) {
    ProduceRequest produce = (ProduceRequest) request;
    List<TopicProduceResponse> topics =
        produce.topicData().stream()
            .map(topic ->
                TopicProduceResponse.builder()
                    .name(topic.name())
                    .partitionResponses(
                        topic.partitionData().stream()
                            .map(part -> response(part, error.apply(part)))
                            .toList())
                    .build())
            .toList();
    return ProduceResponse.builder().responses(topics).build();
  }

  private static PartitionProduceResponse response(PartitionProduceData part, ErrorCode error) {
    return PartitionProduceResponse.builder().index(part.index()).errorCode(error).build();
  }
}
