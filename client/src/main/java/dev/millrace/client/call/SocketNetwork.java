package dev.millrace.client.call;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.client.ClientException;
import dev.millrace.client.Endpoint;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/** Sockets on one event loop, which is also the owner. */
public final class SocketNetwork implements Network {
  private final Loops loops = Loops.start(LoopLimits.ofMachine().withThreads(1));
  private final Turns turns = new LoopTurns(loops.turns());
  private final String clientId;
  private volatile boolean closed;
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
    if (closed) {
      exchange.failed().accept(ClientException.broken("client is closed", null));
      return;
    }
    link(new Way(to, lane)).call(exchange);
  }

  @Override
  public void send(Endpoint to, Request request, int highest) {
    if (!closed) {
      link(new Way(to, Lane.GENERAL)).send(request, highest);
    }
  }

  @Override
  public void close() {
    closed = true;
    loops.close();
  }

  /** The loop's turns, in which timeouts that begin while the loop ends never come. */
  private record LoopTurns(Turns loop) implements Turns {
    @Override
    public void submit(Runnable task) {
      loop.submit(task);
    }

    @Override
    public Timeout after(long delayMs, Runnable task) {
      try {
        return loop.after(delayMs, task);
      } catch (RejectedExecutionException e) {
        return () -> false;
      }
    }

    @Override
    public boolean inTurn() {
      return loop.inTurn();
    }
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
