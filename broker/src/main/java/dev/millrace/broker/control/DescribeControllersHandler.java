package dev.millrace.broker.control;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.net.Endpoint;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import dev.millrace.wire.message.DescribeClusterResponse.DescribeClusterBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * DescribeCluster (60), versions 1–2, on a controller's listener: the controllers, and which of
 * them decides (KIP-919).
 */
final class DescribeControllersHandler implements Handler<DescribeClusterRequest> {
  private static final byte CONTROLLERS = 2;
  private static final short TYPES_SINCE = 1;

  private final Node node;
  private final IntSupplier leader;
  private final Supplier<Map<Integer, Endpoint>> controllers;

  DescribeControllersHandler(
      Node node, IntSupplier leader, Supplier<Map<Integer, Endpoint>> controllers) {
    this.node = node;
    this.leader = leader;
    this.controllers = controllers;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_CLUSTER;
  }

  @Override
  public short lowestVersion() {
    return TYPES_SINCE;
  }

  @Override
  public void handle(Call call, DescribeClusterRequest request) {
    if (request.endpointType() != CONTROLLERS) {
      call.answer(
          DescribeClusterResponse.builder()
              .errorCode(ErrorCode.MISMATCHED_ENDPOINT_TYPE)
              .errorMessage(
                  "The request was sent to an endpoint of type CONTROLLER, but we wanted an endpoint"
                      + " of type BROKER")
              .endpointType(CONTROLLERS)
              .build());
      return;
    }
    List<DescribeClusterBroker> shown = new ArrayList<>();
    new TreeMap<>(controllers.get())
        .forEach((id, at) ->
            shown.add(
                DescribeClusterBroker.builder()
                    .brokerId(id)
                    .host(at.host())
                    .port(at.port())
                    .build()));
    call.answer(
        DescribeClusterResponse.builder()
            .endpointType(CONTROLLERS)
            .clusterId(node.clusterId())
            .controllerId(leader.getAsInt())
            .brokers(shown)
            .clusterAuthorizedOperations(
                request.includeClusterAuthorizedOperations()
                    ? AuthorizedOperations.CLUSTER
                    : AuthorizedOperations.NOT_REQUESTED)
            .build());
  }
}
