package dev.millrace.broker.share;

import dev.millrace.broker.Brokers;
import dev.millrace.broker.Node;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.replica.OffsetQuery;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ListOffsetsRequest;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsPartition;
import dev.millrace.wire.message.ListOffsetsRequest.ListOffsetsTopic;
import dev.millrace.wire.message.ListOffsetsResponse;
import java.util.List;
import java.util.function.LongConsumer;

/** Where partitions end, those included that other brokers have. Safe for any thread. */
record EndOffsets(Node node, Partitions partitions, Brokers brokers) {
  /** Nobody who knows has answered. */
  static final long UNKNOWN = -1;

  private static final int TIMEOUT_MS = 5_000;
  private static final int CONSUMER = -1;
  private static final int ANY_EPOCH = -1;

  /** Tells the high watermark: of the copy that is here, else what the leader says. */
  void end(TopicImage topic, int index, LongConsumer answer) {
    Partition here = partitions.find(topic.id(), index);
    PartitionImage there = topic.partition(index);
    if (here != null) {
      answer.accept(here.bounds().highWatermark());
    } else if (there == null || there.leader() < 0 || there.leader() == node.id()) {
      answer.accept(UNKNOWN);
    } else {
      brokers.ask(
          there.leader(),
          Question.of(request(topic.name(), index), ListOffsetsResponse::read, TIMEOUT_MS),
          response -> answer.accept(end(response)),
          _ -> answer.accept(UNKNOWN));
    }
  }

  private static ListOffsetsRequest request(String topic, int index) {
    ListOffsetsPartition partition =
        ListOffsetsPartition.builder()
            .partitionIndex(index)
            .currentLeaderEpoch(ANY_EPOCH)
            .timestamp(OffsetQuery.LATEST)
            .build();
    return ListOffsetsRequest.builder()
        .replicaId(CONSUMER)
        .topics(
            List.of(ListOffsetsTopic.builder().name(topic).partitions(List.of(partition)).build()))
        .build();
  }

  private static long end(ListOffsetsResponse response) {
    for (var topic : response.topics()) {
      for (var partition : topic.partitions()) {
        return partition.errorCode() == ErrorCode.NONE.code() ? partition.offset() : UNKNOWN;
      }
    }
    return UNKNOWN;
  }
}
