package dev.millrace.broker.cluster;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.voters.VoterState;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeQuorumRequest;
import dev.millrace.wire.message.DescribeQuorumResponse;
import dev.millrace.wire.message.DescribeQuorumResponse.Listener;
import dev.millrace.wire.message.DescribeQuorumResponse.PartitionData;
import dev.millrace.wire.message.DescribeQuorumResponse.ReplicaState;
import dev.millrace.wire.message.DescribeQuorumResponse.TopicData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DescribeQuorum (55), versions 0–2: who agrees on the metadata, and how far everybody is. Nodes
 * that follow without a vote are not counted.
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
  private final ActiveController controller;
  private final Clock clock;

  public DescribeQuorumHandler(Node node, ActiveController controller, Clock clock) {
    this.node = node;
    this.controller = controller;
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
    controller.standing(standing -> answer(call, request, standing));
  }

  private void answer(
      Call call, DescribeQuorumRequest request, Quorum.@Nullable Standing standing) {
    ClusterImage image = node.image();
    PartitionData quorum = quorum(standing, image);
    List<TopicData> topics = request.topics().stream().map(topic -> topic(topic, quorum)).toList();
    call.answer(
        DescribeQuorumResponse.builder()
            .topics(topics)
            .nodes(call.version() >= NODES_SINCE ? nodes(quorum, image) : List.of())
            .build());
  }

  private static TopicData topic(DescribeQuorumRequest.TopicData asked, PartitionData quorum) {
    return TopicData.builder()
        .topicName(asked.topicName())
        .partitions(
            asked.partitions().stream()
                .map(partition ->
                    asked.topicName().equals(METADATA_TOPIC) && partition.partitionIndex() == 0
                        ? quorum
                        : unknown(partition.partitionIndex()))
                .toList())
        .build();
  }

  private PartitionData quorum(Quorum.@Nullable Standing standing, ClusterImage image) {
    if (standing == null || standing.voters().isEmpty()) {
      return standing == null || standing.leader() == node.id()
          ? alone(image)
          : PartitionData.builder()
              .errorCode(ErrorCode.NOT_LEADER_OR_FOLLOWER)
              .leaderId(standing.leader())
              .leaderEpoch(standing.epoch())
              .build();
    }
    return PartitionData.builder()
        .leaderId(standing.leader())
        .leaderEpoch(standing.epoch())
        .highWatermark(standing.endOffset())
        .currentVoters(standing.voters().stream().map(DescribeQuorumHandler::voter).toList())
        .build();
  }

  private static ReplicaState voter(VoterState state) {
    return ReplicaState.builder()
        .replicaId(state.id())
        .replicaDirectoryId(state.incarnation())
        .logEndOffset(state.endOffset())
        .lastFetchTimestamp(state.heardMs())
        .lastCaughtUpTimestamp(state.caughtUpMs())
        .build();
  }

  /** This node is the one voter and the leader. */
  private PartitionData alone(ClusterImage image) {
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

  private static List<DescribeQuorumResponse.Node> nodes(PartitionData quorum, ClusterImage image) {
    List<DescribeQuorumResponse.Node> nodes = new ArrayList<>();
    for (ReplicaState voter : quorum.currentVoters()) {
      BrokerImage broker = image.broker(voter.replicaId());
      if (broker != null) {
        nodes.add(new DescribeQuorumResponse.Node(voter.replicaId(), listeners(broker)));
      }
    }
    return nodes;
  }

  private static List<Listener> listeners(BrokerImage broker) {
    return broker.endpoints().stream()
        .map(endpoint ->
            Listener.builder()
                .name(endpoint.name())
                .host(endpoint.host())
                .port(endpoint.port())
                .build())
        .toList();
  }
}
