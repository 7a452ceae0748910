package dev.millrace.client.call;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.Turns;
import dev.millrace.client.Endpoint;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import java.util.HashMap;
import java.util.Map;

/** Sockets on one event loop, which is also the owner. */
public final class SocketNetwork implements Network {
  private final Loops loops = Loops.start(LoopLimits.ofMachine().withThreads(1));
  private final Turns turns = loops.turns();
  private final String clientId;
  private final Map<Way, AsyncLink> links = new HashMap<>();

  /** One connection. */
  private record Way(Endpoint to, Lane lane) {}

  /**
   * Starts the loop; nothing is connected yet.
   *
   * @param clientId the name under which nodes log this client
   */
  public SocketNetwork(String clientId) {
    this.clientId = clientId;
  }

  @Override
  public Turns turns() {
    return turns;
  }

  @Override
  public Clock clock() {
    return SystemClock.INSTANCE;
  }

  @Override
  public <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange) {
    link(new Way(to, lane)).call(exchange);
  }

  @Override
  public void send(Endpoint to, Request request, int highest) {
    link(new Way(to, Lane.GENERAL)).send(request, highest);
  }

  @Override
  public void close() {
    loops.close();
  }

  private AsyncLink link(Way way) {
    AsyncLink link = links.get(way);
    if (link == null || !link.isOpen()) {
      link = new AsyncLink(loops, way.to(), clientId);
      links.put(way, link);
    }
    return link;
  }
}
