package dev.millrace.broker.cluster;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.Heard;
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
 * DescribeQuorum (55), versions 0–2: who agrees on the metadata, and how far everybody is. Brokers
 * that follow without a vote are observers; how far they are is what their heartbeats tell.
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
            .nodes(call.version() >= NODES_SINCE ? nodes(standing, image) : List.of())
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
        .observers(observers(standing, image))
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

  private List<ReplicaState> observers(Quorum.Standing standing, ClusterImage image) {
    long nowMs = clock.wallMs();
    List<ReplicaState> observers = new ArrayList<>();
    for (Heard heard : standing.brokers()) {
      BrokerImage broker = image.broker(heard.brokerId());
      boolean isVoter = standing.voters().stream().anyMatch(one -> one.id() == heard.brokerId());
      if (broker != null && !isVoter) {
        observers.add(
            ReplicaState.builder()
                .replicaId(heard.brokerId())
                .replicaDirectoryId(
                    broker.directories().isEmpty() ? Uuid.ZERO : broker.directories().getFirst())
                .logEndOffset(Math.min(heard.endOffset(), standing.endOffset()))
                .lastFetchTimestamp(nowMs - heard.agoMs())
                .lastCaughtUpTimestamp(
                    heard.caughtUpAgoMs() < 0 ? -1 : nowMs - heard.caughtUpAgoMs())
                .build());
      }
    }
    return observers;
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

  /** Where voters are found: their controllers' listener; a node that is alone at all it has. */
  private List<DescribeQuorumResponse.Node> nodes(
      Quorum.@Nullable Standing standing, ClusterImage image) {
    if (standing == null || standing.voters().isEmpty()) {
      BrokerImage self = image.broker(node.id());
      return self == null
          ? List.of()
          : List.of(new DescribeQuorumResponse.Node(node.id(), listeners(self)));
    }
    List<String> names = node.written().listValue("controller.listener.names");
    String name = names.isEmpty() ? "CONTROLLER" : names.getFirst();
    return standing.voters().stream()
        .map(voter ->
            new DescribeQuorumResponse.Node(
                voter.id(),
                List.of(listener(name, voter.endpoint().host(), voter.endpoint().port()))))
        .toList();
  }

  private static List<Listener> listeners(BrokerImage broker) {
    return broker.endpoints().stream()
        .map(endpoint -> listener(endpoint.name(), endpoint.host(), endpoint.port()))
        .toList();
  }

  private static Listener listener(String name, String host, int port) {
    return Listener.builder().name(name).host(host).port(port).build();
  }
}
