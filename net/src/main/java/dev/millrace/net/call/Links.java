package dev.millrace.net.call;

import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.Pipe;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The connections of a {@link Network}, one for each address and lane, made when they are needed
 * and again when they broke. Belongs to the network's owner.
 */
public final class Links {
  private final String clientId;
  private final long negotiationMs;
  private final Function<Endpoint, Pipe> connect;
  private final Map<Way, AsyncLink> links = new HashMap<>();
  private boolean closed;

  /** One connection. */
  private record Way(Endpoint to, Lane lane) {}

  /**
   * @param clientId the name under which nodes log the caller
   * @param negotiationMs a node that does not say in this time which versions it speaks is given up
   * @param connect begins to connect and returns at once; faults go to the calls
   */
  public Links(String clientId, long negotiationMs, Function<Endpoint, Pipe> connect) {
    this.clientId = clientId;
    this.negotiationMs = negotiationMs;
    this.connect = connect;
  }

  /** As {@link Network#call}. */
  public <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange) {
    AsyncLink link;
    try {
      link = link(new Way(to, lane));
    } catch (NetException e) {
      exchange.failed().accept(e);
      return;
    }
    link.call(exchange);
  }

  /** As {@link Network#send}. */
  public void send(Endpoint to, Request request, int highest) {
    if (!closed) {
      link(new Way(to, Lane.GENERAL)).send(request, highest);
    }
  }

  /** Closes all connections; calls in work fail, and so do all that come. */
  public void close() {
    closed = true;
    List.copyOf(links.values()).forEach(AsyncLink::close);
    links.clear();
  }

  private AsyncLink link(Way way) {
    if (closed) {
      throw new NetException(Kind.CLOSED, "network is closed, node=" + way.to());
    }
    AsyncLink link = links.get(way);
    if (link == null || !link.isOpen()) {
      link = new AsyncLink(connect.apply(way.to()), way.to(), clientId, negotiationMs);
      links.put(way, link);
    }
    return link;
  }
}
