package dev.millrace.broker.cluster;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.net.Endpoint;
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
import java.util.ArrayList;
import java.util.List;

/**
 * DescribeQuorum (55), versions 0–2: who agrees on the metadata, and how far everybody is.
 *
 * <ul>
 *   <li>1: times of the last fetch and of the last moment without lag (KIP-836)
 *   <li>2: messages, directory ids and the voters' addresses (KIP-853)
 * </ul>
 */
public final class DescribeQuorumHandler implements Handler<DescribeQuorumRequest> {
  private static final String METADATA_TOPIC = "__cluster_metadata";
  private static final String CONTROLLER = "CONTROLLER";
  private static final short NODES_SINCE = 2;

  private final Node node;
  private final QuorumView quorum;
  private final Clock clock;

  public DescribeQuorumHandler(Node node, QuorumView quorum, Clock clock) {
    this.node = node;
    this.quorum = quorum;
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
    return PartitionData.builder()
        .leaderId(quorum.leader())
        .leaderEpoch(quorum.epoch())
        .highWatermark(end)
        .currentVoters(quorum.voters().stream().map(one -> state(one, end, nowMs)).toList())
        .build();
  }

  private static ReplicaState state(QuorumView.Voter voter, long end, long nowMs) {
    long heardMs = nowMs - voter.heardMs();
    return ReplicaState.builder()
        .replicaId(voter.id())
        .replicaDirectoryId(voter.directory())
        .logEndOffset(Math.max(0, end - voter.lag()))
        .lastFetchTimestamp(heardMs)
        .lastCaughtUpTimestamp(voter.lag() == 0 ? heardMs : -1)
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
    List<DescribeQuorumResponse.Node> nodes = new ArrayList<>();
    for (QuorumView.Voter voter : quorum.voters()) {
      Endpoint at = voter.endpoint();
      BrokerImage broker = image.broker(voter.id());
      if (at != null) {
        nodes.add(
            new DescribeQuorumResponse.Node(
                voter.id(), List.of(new Listener(CONTROLLER, at.host(), at.port()))));
      } else if (broker != null) {
        nodes.add(new DescribeQuorumResponse.Node(voter.id(), listeners(broker)));
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
