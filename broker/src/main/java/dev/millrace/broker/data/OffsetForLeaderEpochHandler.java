package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.replica.EpochEnd;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetForLeaderEpochRequest;
import dev.millrace.wire.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import dev.millrace.wire.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import dev.millrace.wire.message.OffsetForLeaderEpochResponse;
import dev.millrace.wire.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import dev.millrace.wire.message.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;
import java.util.ArrayList;
import java.util.List;

/**
 * OffsetForLeaderEpoch (23), versions 2 to 4: where a leader epoch ends in the log, so that a
 * reader finds out whether its position was cut off (KIP-101, KIP-320). An epoch that is not known
 * is no error: epoch and offset are -1.
 *
 * <ul>
 *   <li>3: a replica id, which changes nothing.
 * </ul>
 */
public final class OffsetForLeaderEpochHandler implements Handler<OffsetForLeaderEpochRequest> {
  private final Partitions partitions;

  /** Asks {@code partitions}. */
  public OffsetForLeaderEpochHandler(Partitions partitions) {
    this.partitions = partitions;
  }

  @Override
  public ApiKey key() {
    return ApiKey.OFFSET_FOR_LEADER_EPOCH;
  }

  @Override
  public void handle(Call call, OffsetForLeaderEpochRequest request) {
    List<OffsetForLeaderTopicResult> topics = new ArrayList<>(request.topics().size());
    for (OffsetForLeaderTopic topic : request.topics()) {
      List<EpochEndOffset> ends = new ArrayList<>(topic.partitions().size());
      for (OffsetForLeaderPartition one : topic.partitions()) {
        EpochEnd end = ask(topic.topic(), one);
        ends.add(
            new EpochEndOffset(end.error().code(), one.partition(), end.epoch(), end.endOffset()));
      }
      topics.add(new OffsetForLeaderTopicResult(topic.topic(), ends));
    }
    call.answer(OffsetForLeaderEpochResponse.builder().topics(topics).build());
  }

  private EpochEnd ask(String topic, OffsetForLeaderPartition one) {
    Partition partition = partitions.find(topic, one.partition());
    return partition == null
        ? EpochEnd.failed(partitions.whyAbsent(topic, one.partition()))
        : partition.epochEnd(one.currentLeaderEpoch(), one.leaderEpoch());
  }
}
