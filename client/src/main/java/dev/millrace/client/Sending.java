package dev.millrace.client;

import dev.millrace.base.time.Clock;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.message.ProduceResponse.TopicProduceResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings finished batches to the leaders of their partitions, again and again while errors are
 * passing ones.
 */
record Sending(Cluster cluster, short acks) {
  /** The last version that names topics instead of ids. */
  private static final int BY_NAME = 12;

  /** A finished batch. */
  record Batch(ByteBuffer bytes, int records) {}

  /** Sends all batches; returns when each is acknowledged, or throws {@link ClientException}. */
  void send(Map<TopicPartition, Batch> batches) {
    Map<TopicPartition, Batch> left = new TreeMap<>(batches);
    Clock clock = cluster.clock();
    long deadlineMs = clock.monotonicMs() + cluster.settings().patienceMs();
    for (int attempt = 0; !left.isEmpty(); attempt++) {
      ClientException passing = attempt(attempt, left);
      if (passing != null) {
        if (clock.monotonicMs() >= deadlineMs) {
          throw passing;
        }
        cluster.pause("produce");
      }
    }
  }

  /** Sends what is left once; returns what stood in the way of some of it. */
  private @Nullable ClientException attempt(int attempt, Map<TopicPartition, Batch> left) {
    ByLeader byLeader = new ByLeader(cluster);
    try {
      if (attempt > 0) {
        byLeader.forget(left.keySet());
      }
      byLeader.group(left.keySet()).forEach((leader, mine) -> sendTo(leader, mine, left));
    } catch (ClientException e) {
      if (!e.mayPass()) {
        throw e;
      }
      return e;
    }
    return left.isEmpty()
        ? null
        : ClientException.broken("not all records were taken, partitions=" + left.keySet(), null);
  }

  private void sendTo(
      int leader, List<TopicPartition> partitions, Map<TopicPartition, Batch> left) {
    Map<String, List<PartitionProduceData>> topics = new HashMap<>();
    for (TopicPartition partition : partitions) {
      Batch batch = left.get(partition);
      if (batch != null) {
        topics
            .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
            .add(
                PartitionProduceData.builder()
                    .index(partition.partition())
                    .records(RecordBytes.of(batch.bytes().duplicate()))
                    .build());
      }
    }
    List<TopicProduceData> data = new ArrayList<>();
    topics.forEach((name, parts) ->
        data.add(TopicProduceData.builder().name(name).partitionData(parts).build()));
    ProduceRequest request =
        ProduceRequest.builder()
            .transactionalId(null)
            .acks(acks)
            .timeoutMs(cluster.settings().callTimeoutMs())
            .topicData(data)
            .build();
    ProduceResponse answer = cluster.call(leader, request, BY_NAME, ProduceResponse::read);
    for (TopicProduceResponse topic : answer.responses()) {
      for (PartitionProduceResponse part : topic.partitionResponses()) {
        take(new TopicPartition(topic.name(), part.index()), part, left);
      }
    }
  }

  private static void take(
      TopicPartition partition, PartitionProduceResponse part, Map<TopicPartition, Batch> left) {
    short code = part.errorCode();
    if (code == ErrorCode.NONE.code() || code == ErrorCode.DUPLICATE_SEQUENCE_NUMBER.code()) {
      left.remove(partition);
    } else if (!ClientException.isPassing(ErrorCode.of(code))) {
      throw ClientException.answered(code, "produce to " + partition, part.errorMessage());
    }
  }
}
