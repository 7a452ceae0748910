package dev.millrace.broker.transaction;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.TestNode;
import dev.millrace.coordinator.transaction.ProducerIdentity;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.FenceBroker;
import dev.millrace.quorum.control.UnfenceBroker;
import dev.millrace.replica.Partition;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.AddPartitionsToTxnRequest;
import dev.millrace.wire.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import dev.millrace.wire.message.AddPartitionsToTxnResponse;
import dev.millrace.wire.message.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;
import dev.millrace.wire.message.EndTxnRequest;
import dev.millrace.wire.message.EndTxnResponse;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A node with a topic "t" of two partitions and coordinators, and the requests of producers. */
final class TransactionNode {
  static final String ID = "app";

  final TestNode node;

  TransactionNode() {
    this(Map.of());
  }

  TransactionNode(Map<String, String> changed) {
    Map<String, String> settings = new TreeMap<>(changed);
    settings.put("offsets.topic.num.partitions", "2");
    settings.put("transaction.state.log.num.partitions", "2");
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    node = new TestNode(settings);
    node.decide(new CreateTopics(List.of(new NewTopic("t", 2, 1, Map.of(), Map.of())), false));
    node.owners().runMs(50);
    for (int kind = 0; kind < 2; kind++) {
      FindCoordinatorRequest request =
          FindCoordinatorRequest.builder().key(ID).keyType((byte) kind).build();
      node.call(FindCoordinatorResponse.class, request, 2);
    }
  }

  Partition partition(int index) {
    return Objects.requireNonNull(node.partitions().find("t", index));
  }

  long stable(int index) {
    return partition(index).bounds().lastStableOffset();
  }

  long end(int index) {
    return partition(index).bounds().highWatermark();
  }

  /** Every leadership is lost and had again: coordinators load anew. */
  void reload() {
    long brokerEpoch = Objects.requireNonNull(node.image().broker(1)).epoch();
    node.decide(new FenceBroker(1, brokerEpoch));
    node.decide(new UnfenceBroker(1, brokerEpoch));
    node.owners().runMs(200);
  }

  InitProducerIdResponse init(InitProducerIdRequest.Builder request, int version) {
    return node.call(InitProducerIdResponse.class, request.transactionalId(ID).build(), version);
  }

  static InitProducerIdRequest.Builder init() {
    return InitProducerIdRequest.builder().transactionTimeoutMs(10_000);
  }

  ProducerIdentity producer() {
    InitProducerIdResponse answer = init(init(), 4);
    if (answer.errorCode() != 0) {
      throw new AssertionError(answer.toString());
    }
    return new ProducerIdentity(answer.producerId(), answer.producerEpoch());
  }

  List<ErrorCode> add(ProducerIdentity producer, int version, String topic, Integer... indexes) {
    AddPartitionsToTxnRequest request =
        AddPartitionsToTxnRequest.builder()
            .v3AndBelowTransactionalId(ID)
            .v3AndBelowProducerId(producer.id())
            .v3AndBelowProducerEpoch(producer.epoch())
            .v3AndBelowTopics(List.of(new AddPartitionsToTxnTopic(topic, List.of(indexes))))
            .build();
    List<ErrorCode> errors = new ArrayList<>();
    for (AddPartitionsToTxnPartitionResult one :
        node.call(AddPartitionsToTxnResponse.class, request, version)
            .resultsByTopicV3AndBelow()
            .getFirst()
            .resultsByPartition()) {
      errors.add(ErrorCode.of(one.partitionErrorCode()));
    }
    return errors;
  }

  ErrorCode produce(ProducerIdentity producer, int version, int index, int sequence) {
    return produce(batch(producer, sequence), version, index);
  }

  BatchBuilder batch(ProducerIdentity producer, int sequence) {
    return BatchBuilder.from(0)
        .producer(producer.id(), producer.epoch(), sequence)
        .transactional()
        .append(node.owners().clock().wallMs(), null, Bytes.utf8("v" + sequence));
  }

  ErrorCode produce(BatchBuilder batch, int version, int index) {
    Uuid id = Objects.requireNonNull(node.image().topic("t")).id();
    PartitionProduceData data = new PartitionProduceData(index, RecordBytes.of(batch.build()));
    TopicProduceData.Builder topic = TopicProduceData.builder().partitionData(List.of(data));
    ProduceRequest request =
        ProduceRequest.builder()
            .transactionalId(ID)
            .acks((short) -1)
            .timeoutMs(5_000)
            .topicData(List.of((version < 13 ? topic.name("t") : topic.topicId(id)).build()))
            .build();
    return ErrorCode.of(
        node.call(ProduceResponse.class, request, version)
            .responses()
            .getFirst()
            .partitionResponses()
            .getFirst()
            .errorCode());
  }

  EndTxnResponse end(ProducerIdentity producer, int version, boolean commit) {
    EndTxnRequest request =
        EndTxnRequest.builder()
            .transactionalId(ID)
            .producerId(producer.id())
            .producerEpoch(producer.epoch())
            .committed(commit)
            .build();
    return node.call(EndTxnResponse.class, request, version);
  }

  ErrorCode endError(ProducerIdentity producer, int version, boolean commit) {
    return ErrorCode.of(end(producer, version, commit).errorCode());
  }

  /** Lets markers be written. */
  void settle() {
    node.owners().runMs(500);
  }
}
