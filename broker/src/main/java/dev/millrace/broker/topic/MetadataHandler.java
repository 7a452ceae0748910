package dev.millrace.broker.topic;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.MetadataRequest;
import dev.millrace.wire.message.MetadataRequest.MetadataRequestTopic;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import java.util.List;
import java.util.Objects;

/**
 * Metadata (3), versions 0–13: the brokers of the cluster with their addresses, and topics with the
 * leaders of their partitions. Addresses are those of the listener on which the request came.
 *
 * <p>A topic that is asked for by name and is not there is created, when the request and {@code
 * auto.create.topics.enable} allow it. As in Kafka, the answer does not wait for that: it says
 * UNKNOWN_TOPIC_OR_PARTITION, and the client asks again.
 *
 * <ul>
 *   <li>0: an empty list means all topics; offline replicas are left out and make an error
 *   <li>1: null means all topics, an empty list none; controller id
 *   <li>4: the client may forbid that topics are created
 *   <li>5: offline replicas
 *   <li>6: LISTENER_NOT_FOUND instead of LEADER_NOT_AVAILABLE
 *   <li>7: leader epochs
 *   <li>8: what the client may do (KIP-430); for the cluster in 8–10 alone
 *   <li>10: topic ids in the answer (KIP-516)
 *   <li>12: topics by id; names do not count where there is an id
 *   <li>13: an error of the whole answer (KIP-1102)
 * </ul>
 */
public final class MetadataHandler implements Handler<MetadataRequest> {
  private static final short CLUSTER_OPERATIONS_SINCE = 8;
  private static final short CLUSTER_OPERATIONS_UNTIL = 10;

  private final Node node;
  private final AutoCreation creation;

  public MetadataHandler(Node node, AutoCreation creation) {
    this.node = node;
    this.creation = creation;
  }

  @Override
  public ApiKey key() {
    return ApiKey.METADATA;
  }

  @Override
  public void handle(Call call, MetadataRequest request) {
    MetadataQuery query = MetadataQuery.of(request, call.version());
    if (query instanceof MetadataQuery.Invalid) {
      call.answer(refuse(call, request));
      return;
    }
    call.answer(answer(call, request, query));
    if (query instanceof MetadataQuery.ByName(List<String> names) && mayCreate(request)) {
      creation.create(names);
    }
  }

  private boolean mayCreate(MetadataRequest request) {
    return request.allowAutoTopicCreation()
        && node.settings(node.image()).booleanValue("auto.create.topics.enable");
  }

  private MetadataResponse answer(Call call, MetadataRequest request, MetadataQuery query) {
    ClusterImage image = node.image();
    MetadataView view =
        new MetadataView(
            image,
            call.connection().listener(),
            call.version(),
            request.includeTopicAuthorizedOperations());
    return cluster(call, request, image).topics(view.topics(query)).build();
  }

  private MetadataResponse.Builder cluster(Call call, MetadataRequest request, ClusterImage image) {
    String listener = call.connection().listener();
    List<BrokerImage> brokers = Node.brokers(image, listener);
    boolean operations =
        request.includeClusterAuthorizedOperations()
            && call.version() >= CLUSTER_OPERATIONS_SINCE
            && call.version() <= CLUSTER_OPERATIONS_UNTIL;
    return MetadataResponse.builder()
        .brokers(brokers.stream().map(broker -> broker(broker, listener)).toList())
        .clusterId(node.clusterId())
        .controllerId(node.controllerId(brokers))
        .clusterAuthorizedOperations(
            operations ? AuthorizedOperations.CLUSTER : AuthorizedOperations.NOT_REQUESTED);
  }

  private static MetadataResponseBroker broker(BrokerImage broker, String listener) {
    BrokerEndpoint endpoint = Objects.requireNonNull(broker.endpoint(listener));
    return MetadataResponseBroker.builder()
        .nodeId(broker.id())
        .host(endpoint.host())
        .port(endpoint.port())
        .rack(broker.rack())
        .build();
  }

  /** All entries with INVALID_REQUEST. */
  private MetadataResponse refuse(Call call, MetadataRequest request) {
    List<MetadataRequestTopic> asked = Objects.requireNonNullElse(request.topics(), List.of());
    List<MetadataResponseTopic> topics =
        asked.stream()
            .map(topic ->
                MetadataResponseTopic.builder()
                    .errorCode(ErrorCode.INVALID_REQUEST)
                    .name(Objects.requireNonNullElse(topic.name(), ""))
                    .topicId(topic.topicId())
                    .build())
            .toList();
    return cluster(call, request, node.image())
        .topics(topics)
        .errorCode(ErrorCode.INVALID_REQUEST)
        .build();
  }
}
