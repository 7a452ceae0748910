package dev.millrace.broker.cluster;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import dev.millrace.wire.message.DescribeClusterResponse.DescribeClusterBroker;
import java.util.List;
import java.util.Objects;

/**
 * DescribeCluster (60), versions 0–2: the brokers, the cluster's id, whom to send admin requests to
 * (KIP-700).
 *
 * <ul>
 *   <li>1: the client says whether it wants brokers (1) or controllers (2); this listener knows
 *       brokers (KIP-919)
 *   <li>2: fenced brokers on demand (KIP-1073)
 * </ul>
 */
public final class DescribeClusterHandler implements Handler<DescribeClusterRequest> {
  private static final byte BROKERS = 1;
  private static final byte CONTROLLERS = 2;

  private final Node node;

  public DescribeClusterHandler(Node node) {
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_CLUSTER;
  }

  @Override
  public void handle(Call call, DescribeClusterRequest request) {
    switch (request.endpointType()) {
      case BROKERS -> call.answer(brokers(request, call.connection().listener()));
      case CONTROLLERS ->
          call.answer(
              error(
                  ErrorCode.MISMATCHED_ENDPOINT_TYPE,
                  "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of"
                      + " type CONTROLLER"));
      default ->
          call.answer(
              error(
                  ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
                  "endpoint type is not known, endpointType=" + request.endpointType()));
    }
  }

  private DescribeClusterResponse brokers(DescribeClusterRequest request, String listener) {
    ClusterImage image = node.image();
    List<BrokerImage> live = Node.brokers(image, listener);
    List<BrokerImage> shown = request.includeFencedBrokers() ? withFenced(image, listener) : live;
    return DescribeClusterResponse.builder()
        .clusterId(node.clusterId())
        .controllerId(node.controllerId(live))
        .brokers(shown.stream().map(broker -> broker(broker, listener)).toList())
        .clusterAuthorizedOperations(
            request.includeClusterAuthorizedOperations()
                ? AuthorizedOperations.CLUSTER
                : AuthorizedOperations.NOT_REQUESTED)
        .build();
  }

  private static List<BrokerImage> withFenced(ClusterImage image, String listener) {
    return image.brokers().values().stream()
        .filter(broker -> broker.endpoint(listener) != null)
        .toList();
  }

  private static DescribeClusterBroker broker(BrokerImage broker, String listener) {
    BrokerEndpoint endpoint = Objects.requireNonNull(broker.endpoint(listener));
    return DescribeClusterBroker.builder()
        .brokerId(broker.id())
        .host(endpoint.host())
        .port(endpoint.port())
        .rack(broker.rack())
        .isFenced(broker.fenced())
        .build();
  }

  private static DescribeClusterResponse error(ErrorCode error, String message) {
    return DescribeClusterResponse.builder().errorCode(error).errorMessage(message).build();
  }
}
