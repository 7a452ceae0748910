package dev.millrace.net.call;

import dev.millrace.base.time.Clock;
import dev.millrace.base.time.SystemClock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.net.NetException;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.Peer;
import dev.millrace.net.PeerLimits;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;

/** Sockets on one event loop, which is also the owner. */
public final class SocketNetwork implements Network {
  /** A node that is paused takes connections and says nothing: it gets so many times to connect. */
  private static final int NEGOTIATION_TIMES = 3;

  private final Loops loops;
  private final boolean ownsLoops;
  private final Turns turns;
  private final Links links;
  private volatile boolean closed;

  private SocketNetwork(Loops loops, boolean ownsLoops, String clientId, PeerLimits limits) {
    this.loops = loops;
    this.ownsLoops = ownsLoops;
    this.turns = new LoopTurns(loops.turns());
    this.links =
        new Links(
            clientId,
            limits.connectMs() * NEGOTIATION_TIMES,
            to -> Peer.connect(loops, address(to), limits));
  }

  /**
   * Starts a loop of its own; nothing is connected yet.
   *
   * @param clientId the name under which nodes log the caller
   */
  public static SocketNetwork start(String clientId, PeerLimits limits) {
    return new SocketNetwork(
        Loops.start(LoopLimits.ofMachine().withThreads(1)), true, clientId, limits);
  }

  /**
   * A client's network on a loop of its own.
   *
   * @param clientId the name under which nodes log the caller
   */
  public SocketNetwork(String clientId) {
    this(Loops.start(LoopLimits.ofMachine().withThreads(1)), true, clientId, PeerLimits.DEFAULT);
  }

  /** Lives on one of {@code loops}, which stay open when it is closed. */
  public static SocketNetwork on(Loops loops, String clientId, PeerLimits limits) {
    return new SocketNetwork(loops.one(), false, clientId, limits);
  }

  /** Names are looked up by the peer, where nobody waits for that. */
  private static InetSocketAddress address(Endpoint to) {
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(to.host()), to.port());
    } catch (IllegalArgumentException name) {
      return InetSocketAddress.createUnresolved(to.host(), to.port());
    }
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
      exchange.failed().accept(new NetException(Kind.CLOSED, "network is closed, node=" + to));
    } else {
      links.call(to, lane, exchange);
    }
  }

  @Override
  public void send(Endpoint to, Request request, int highest) {
    if (!closed) {
      links.send(to, request, highest);
    }
  }

  @Override
  public void close() {
    closed = true;
    if (ownsLoops) {
      loops.close();
    } else {
      turns.submit(links::close);
    }
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
}
