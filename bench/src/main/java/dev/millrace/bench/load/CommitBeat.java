package dev.millrace.bench.load;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.jspecify.annotations.Nullable;

/** A commit of one offset by a group without members. */
public final class CommitBeat implements Beat {
  /** The last version with names that both sides have. */
  private static final short VERSION = 8;

  private final String group;
  private final String topic;
  private long offset;

  public CommitBeat(String group, String topic) {
    this.group = group;
    this.topic = topic;
  }

  @Override
  public @Nullable Integer port(BrokerSocket any) throws IOException {
    return Coordinators.find(any, CoordinatorType.GROUP, group).map(Node::port).orElse(null);
  }

  @Override
  public boolean accepted(BrokerSocket socket) throws IOException {
    OffsetCommitRequestPartition partition =
        new OffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(++offset);
    OffsetCommitRequestData data =
        new OffsetCommitRequestData()
            .setGroupId(group)
            .setTopics(
                List.of(
                    new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setPartitions(List.of(partition))));
    OffsetCommitResponse answer =
        (OffsetCommitResponse)
            socket.call(
                ApiKeys.OFFSET_COMMIT,
                OffsetCommitRequest.Builder.forTopicNames(data).build(VERSION));
    return answer.data().topics().stream()
        .flatMap(found -> found.partitions().stream())
        .allMatch(found -> found.errorCode() == Errors.NONE.code());
  }
}
