package dev.millrace.server;

import dev.millrace.broker.life.ImageBrokers;
import dev.millrace.net.Endpoint;
import dev.millrace.net.Loops;
import dev.millrace.net.NetException;
import dev.millrace.net.PeerLimits;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.net.call.SocketNetwork;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.replica.follow.LeaderLink;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import dev.millrace.wire.message.FetchResponse;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ways to the other nodes of the cluster.
 *
 * @param calls on a loop of its own, which does nothing slow: signs of life, what goes to the
 *     controller, what coordinators tell each other
 * @param fetches on one of the loops that serve clients: it copies records
 * @param listener name of the listener on which nodes find each other
 */
record Peers(Network calls, Network fetches, String listener) implements AutoCloseable {
  private static final int LOOK_MS = 5_000;
  private static final PeerLimits LIMITS =
      new PeerLimits(100 << 20, 64 << 20, 1_000, 540_000, -1, -1);

  static Peers start(NodePlan plan, Loops loops) {
    String clientId = "node-" + plan.nodeId();
    return new Peers(
        SocketNetwork.start(clientId, LIMITS),
        SocketNetwork.on(loops, clientId, LIMITS),
        plan.nodesListener());
  }

  /** The way to a broker that leads partitions; null when there is none. */
  @Nullable LeaderLink leader(ClusterImage image, int broker) {
    Endpoint to = ImageBrokers.endpoint(image, broker, listener);
    return to == null
        ? null
        : (request, timeoutMs, answered, failed) ->
            fetches.call(
                to,
                Lane.FETCH,
                Question.of(request, FetchResponse::read, timeoutMs)
                    .then(answered, fault -> failed.accept(reason(fault))));
  }

  /** Looks whether a node answers there. */
  void look(Endpoint at, Consumer<String> failed) {
    calls
        .turns()
        .submit(() ->
            calls.call(
                at,
                Lane.GENERAL,
                Question.of(DescribeClusterRequest.DEFAULT, DescribeClusterResponse::read, LOOK_MS)
                    .then(answer -> {}, fault -> failed.accept(reason(fault)))));
  }

  private static String reason(NetException fault) {
    return String.valueOf(fault.getMessage());
  }

  @Override
  public void close() {
    fetches.close();
    calls.close();
  }
}
