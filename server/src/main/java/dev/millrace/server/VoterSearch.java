package dev.millrace.server;

import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the voters of a cluster of which {@code controller.quorum.bootstrap.servers} names some
 * controllers (KIP-853): the first one that answers tells of all.
 */
final class VoterSearch {
  private static final byte CONTROLLERS = 2;
  private static final int ANSWER_MS = 5_000;
  private static final long AGAIN_MS = 200;

  private final Network network;
  private final List<Endpoint> servers;
  private final CompletableFuture<Map<Integer, Endpoint>> found = new CompletableFuture<>();

  VoterSearch(Network network, List<Endpoint> servers) {
    this.network = network;
    this.servers = servers;
  }

  /** Where the voters listen, by their ids; returns when a controller has told. */
  Map<Integer, Endpoint> find(Waiting waiting) {
    network.turns().submit(() -> ask(0));
    waiting.until(
        found::isDone, "no controller answers, controller.quorum.bootstrap.servers=" + servers);
    return found.join();
  }

  private void ask(int attempt) {
    DescribeClusterRequest request =
        DescribeClusterRequest.builder().endpointType(CONTROLLERS).build();
    network.call(
        servers.get(attempt % servers.size()),
        Lane.GENERAL,
        Question.of(request, DescribeClusterResponse::read, ANSWER_MS)
            .then(answer -> told(attempt, answer), fault -> again(attempt)));
  }

  private void told(int attempt, DescribeClusterResponse answer) {
    Map<Integer, Endpoint> voters = new TreeMap<>();
    answer
        .brokers()
        .forEach(one -> voters.put(one.brokerId(), new Endpoint(one.host(), one.port())));
    if (answer.errorCode() != 0 || voters.isEmpty()) {
      again(attempt);
    } else {
      found.complete(voters);
    }
  }

  private void again(int attempt) {
    network.turns().after(AGAIN_MS, () -> ask(attempt + 1));
  }
}
