package dev.millrace.client.call;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cluster of one node by virtual time; it coordinates every group, a test answers for it. */
public final class OneNode implements Network {
  private final Clock clock;
  private final Turns turns;
  private final Function<Request, @Nullable Response> answers;

  /**
   * @param answers gives null where no answer ever comes
   */
  public OneNode(SimOwners owners, Function<Request, @Nullable Response> answers) {
    this.clock = owners.clock();
    this.turns = owners.owner("client");
    this.answers = answers;
  }

  public Topology topology() {
    return new Topology(
        this,
        List.of(new Endpoint("node", 1)),
        new Topology.Rules(false, 30_000, 100, 1_000, 300_000));
  }

  @Override
  public Turns turns() {
    return turns;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public void send(Endpoint to, Request request, int highest) {}

  @Override
  public void close() {}

  @Override
  public <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange) {
    short version = (short) Math.min(exchange.highest(), exchange.key().highestStableVersion());
    // a connection is made first, as over a real network
    turns.after(
        1,
        () -> {
          Response response = answer(exchange.request().apply(version));
          if (response != null) {
            WireWriter out = new WireWriter(ByteBuffer.allocate(response.size(version)));
            response.write(out, version);
            WireReader in = new WireReader(out.buffer().flip());
            exchange.answered().accept(exchange.reading().read(in, version));
          }
        });
  }

  private @Nullable Response answer(Request request) {
    return request instanceof FindCoordinatorRequest asked
        ? FindCoordinatorResponse.builder()
            .coordinators(
                asked.coordinatorKeys().stream()
                    .map(key -> Coordinator.builder().key(key).host("node").port(1).build())
                    .toList())
            .build()
        : answers.apply(request);
  }
}
