package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.replica.ActiveProducer;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeProducersRequest;
import dev.millrace.wire.message.DescribeProducersRequest.TopicRequest;
import dev.millrace.wire.message.DescribeProducersResponse;
import dev.millrace.wire.message.DescribeProducersResponse.PartitionResponse;
import dev.millrace.wire.message.DescribeProducersResponse.ProducerState;
import dev.millrace.wire.message.DescribeProducersResponse.TopicResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * DescribeProducers (61), version 0: the producers that partitions remember (KIP-664). A copy that
 * follows tells its own: tools ask one broker for what is left hanging there.
 */
public final class DescribeProducersHandler implements Handler<DescribeProducersRequest> {
  private final Partitions partitions;

  /** Asks {@code partitions}. */
  public DescribeProducersHandler(Partitions partitions) {
    this.partitions = partitions;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_PRODUCERS;
  }

  @Override
  public void handle(Call call, DescribeProducersRequest request) {
    List<TopicResponse> topics = new ArrayList<>(request.topics().size());
    for (TopicRequest topic : request.topics()) {
      List<PartitionResponse> answers = new ArrayList<>(topic.partitionIndexes().size());
      for (int index : topic.partitionIndexes()) {
        answers.add(describe(topic.name(), index));
      }
      topics.add(new TopicResponse(topic.name(), answers));
    }
    call.answer(DescribeProducersResponse.builder().topics(topics).build());
  }

  private PartitionResponse describe(String topic, int index) {
    PartitionResponse.Builder answer = PartitionResponse.builder().partitionIndex(index);
    Partition partition = partitions.find(topic, index);
    ErrorCode error =
        partition == null ? partitions.whyAbsent(topic, index) : partition.leaderError(-1);
    if (partition == null || error == ErrorCode.KAFKA_STORAGE_ERROR) {
      return answer.errorCode(error).build();
    }
    return answer
        .activeProducers(
            partition.producers().stream().map(DescribeProducersHandler::state).toList())
        .build();
  }

  private static ProducerState state(ActiveProducer producer) {
    return ProducerState.builder()
        .producerId(producer.id())
        .producerEpoch(producer.epoch())
        .lastSequence(producer.lastSequence())
        .lastTimestamp(producer.lastTimestampMs())
        .coordinatorEpoch(producer.coordinatorEpoch())
        .currentTxnStartOffset(producer.transactionStartOffset())
        .build();
  }
}
