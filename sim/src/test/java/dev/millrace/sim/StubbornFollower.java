package dev.millrace.sim;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network;
import dev.millrace.sim.cluster.Alterations;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.FetchRequest;
import java.util.function.IntFunction;

/** A follower that never says in which epoch its log ends, so that no leader tells it to cut. */
final class StubbornFollower implements Alterations {
  private static final int UNKNOWN = -1;

  @Override
  public Network copying(int node, Network network) {
    return new Network() {
      @Override
      public Turns turns() {
        return network.turns();
      }

      @Override
      public Clock clock() {
        return network.clock();
      }

      @Override
      public <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange) {
        IntFunction<Request> silent = version -> silenced(exchange.request().apply(version));
        network.call(
            to,
            lane,
            new Exchange<>(
                exchange.key(),
                exchange.highest(),
                silent,
                exchange.reading(),
                exchange.timeoutMs(),
                exchange.answered(),
                exchange.failed()));
      }

      @Override
      public void send(Endpoint to, Request request, int highest) {
        network.send(to, request, highest);
      }

      @Override
      public void close() {
        network.close();
      }
    };
  }

  private static Request silenced(Request request) {
    return request instanceof FetchRequest fetch
        ? fetch.toBuilder()
            .topics(
                fetch.topics().stream()
                    .map(topic ->
                        topic.toBuilder()
                            .partitions(
                                topic.partitions().stream()
                                    .map(one -> one.toBuilder().lastFetchedEpoch(UNKNOWN).build())
                                    .toList())
                            .build())
                    .toList())
            .build()
        : request;
  }
}
