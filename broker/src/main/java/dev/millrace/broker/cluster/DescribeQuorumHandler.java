package dev.millrace.broker.cluster;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeQuorumRequest;
import dev.millrace.wire.message.DescribeQuorumResponse;
import dev.millrace.wire.message.DescribeQuorumResponse.Listener;
import dev.millrace.wire.message.DescribeQuorumResponse.PartitionData;
import dev.millrace.wire.message.DescribeQuorumResponse.ReplicaState;
import dev.millrace.wire.message.DescribeQuorumResponse.TopicData;
import java.util.List;

/**
 * DescribeQuorum (55), versions 0–2: who agrees on the metadata, and how far everybody is. This
 * node is the one voter and the leader; there are no observers.
 *
 * <ul>
 *   <li>1: times of the last fetch and of the last moment without lag (KIP-836)
 *   <li>2: messages, directory ids and the voters' addresses (KIP-853)
 * </ul>
 */
public final class DescribeQuorumHandler implements Handler<DescribeQuorumRequest> {
  private static final String METADATA_TOPIC = "__cluster_metadata";
  private static final short NODES_SINCE = 2;

  private final Node node;
  private final Clock clock;

  public DescribeQuorumHandler(Node node, Clock clock) {
    this.node = node;
    this.clock = clock;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_QUORUM;
  }

  @Override
  public boolean isForController(DescribeQuorumRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, DescribeQuorumRequest request) {
    ClusterImage image = node.image();
    List<TopicData> topics = request.topics().stream().map(topic -> topic(topic, image)).toList();
    call.answer(
        DescribeQuorumResponse.builder()
            .topics(topics)
            .nodes(call.version() >= NODES_SINCE ? nodes(image) : List.of())
            .build());
  }

  private TopicData topic(DescribeQuorumRequest.TopicData asked, ClusterImage image) {
    return TopicData.builder()
        .topicName(asked.topicName())
        .partitions(
            asked.partitions().stream()
                .map(partition ->
                    asked.topicName().equals(METADATA_TOPIC) && partition.partitionIndex() == 0
                        ? quorum(image)
                        : unknown(partition.partitionIndex()))
                .toList())
        .build();
  }

  private PartitionData quorum(ClusterImage image) {
    long end = image.offset() + 1;
    long nowMs = clock.wallMs();
    ReplicaState voter =
        ReplicaState.builder()
            .replicaId(node.id())
            .logEndOffset(end)
            .lastFetchTimestamp(nowMs)
            .lastCaughtUpTimestamp(nowMs)
            .build();
    return PartitionData.builder()
        .leaderId(node.id())
        .leaderEpoch(image.epoch())
        .highWatermark(end)
        .currentVoters(List.of(voter))
        .build();
  }

  private static PartitionData unknown(int index) {
    return PartitionData.builder()
        .partitionIndex(index)
        .errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
        .leaderId(-1)
        .build();
  }

  private List<DescribeQuorumResponse.Node> nodes(ClusterImage image) {
    BrokerImage self = image.broker(node.id());
    if (self == null) {
      return List.of();
    }
    List<Listener> listeners =
        self.endpoints().stream()
            .map(endpoint ->
                Listener.builder()
                    .name(endpoint.name())
                    .host(endpoint.host())
                    .port(endpoint.port())
                    .build())
            .toList();
    return List.of(new DescribeQuorumResponse.Node(node.id(), listeners));
  }
}
