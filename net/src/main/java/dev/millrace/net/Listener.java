package dev.millrace.net;

import dev.millrace.net.loop.EventLoop;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An address that clients connect to. One thread accepts; each connection then lives on one of the
 * {@link Loops}, where its frames go to the listener's handler. Safe for any thread.
 */
public final class Listener implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.millrace.net");

  /** Why nobody is let in who comes a moment too late; nothing is wrong with that. */
  private static final String CLOSING = "listener is closing";

  private final Loops loops;
  private final String name;
  private final FrameHandler handler;
  private final ListenerLimits limits;
  private final Acceptor acceptor;
  private final Set<ServedConnection> connections = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition empty = lock.newCondition();

  /** Connections that are here or about to be. */
  private int count;

  private boolean closing;

  private Listener(
      Loops loops, ListenerAddress address, FrameHandler handler, ListenerLimits limits) {
    this.loops = loops;
    this.name = address.name();
    this.handler = handler;
    this.limits = limits;
    this.acceptor = new Acceptor(this, address, limits.socketOptions());
  }

  /**
   * Starts to listen.
   *
   * @throws NetException of kind {@link NetException.Kind#ADDRESS} or {@link
   *     NetException.Kind#UNRESOLVED} when the address can not be had
   */
  public static Listener open(
      Loops loops, ListenerAddress address, FrameHandler handler, ListenerLimits limits) {
    Listener listener = bind(loops, address, handler, limits);
    listener.start();
    return listener;
  }

  /**
   * Takes the address and accepts nobody yet: clients that connect wait for {@link #start}. A node
   * does this early, so that it knows its port and a port in use stops it before it did any work.
   *
   * @throws NetException as {@link #open}
   */
  public static Listener bind(
      Loops loops, ListenerAddress address, FrameHandler handler, ListenerLimits limits) {
    return new Listener(loops, address, handler, limits);
  }

  /** Lets clients in; called once. */
  public void start() {
    acceptor.start();
  }

  public String name() {
    return name;
  }

  /** The address that is listened on, with the port that the system chose. */
  public InetSocketAddress address() {
    return acceptor.address();
  }

  /** Connections of this listener. */
  public int connections() {
    return connections.size();
  }

  /** Stops listening and closes all connections at once. Not to be called in a loop's turn. */
  @Override
  public void close() {
    close(0);
  }

  /**
   * Stops listening and ends the connections in peace: requests that have arrived are handled,
   * their answers leave, then each connection is closed. What takes longer than {@code graceMs} is
   * cut off. Returns when all are closed. Not to be called in a loop's turn.
   */
  public void close(long graceMs) {
    if (loops.inTurn()) {
      throw new IllegalStateException("a loop can not wait for its own connections");
    }
    lock.lock();
    try {
      closing = true;
    } finally {
      lock.unlock();
    }
    acceptor.close();
    if (graceMs > 0) {
      connections.forEach(ServedConnection::end);
      if (!awaitEmpty(graceMs)) {
        LOG.log(
            Level.WARNING,
            "cut off connections that did not end in time, listener="
                + name
                + " connections="
                + connections()
                + " graceMs="
                + graceMs);
      }
    }
    connections.forEach(connection -> connection.close(""));
    awaitEmpty(Long.MAX_VALUE);
  }

  FrameHandler handler() {
    return handler;
  }

  ListenerLimits limits() {
    return limits;
  }

  /** A client has connected; the acceptor's thread. */
  void accepted(SocketChannel channel, InetSocketAddress peer) throws IOException {
    EventLoop loop = loops.least();
    String refusal = admit(peer);
    if (!refusal.isEmpty()) {
      channel.close();
      if (!refusal.equals(CLOSING)) {
        loop.log().warn("refused connection, listener=" + name + " peer=" + peer + " " + refusal);
      }
      return;
    }
    loop.load().incrementAndGet();
    if (!loop.offer(() -> serve(loop, channel, peer))) {
      channel.close();
      release(loop, peer);
    }
  }

  /** A connection is closed; its loop's thread. */
  void forget(ServedConnection connection) {
    connections.remove(connection);
    release(connection.eventLoop(), connection.address());
  }

  private void serve(EventLoop loop, SocketChannel channel, InetSocketAddress peer) {
    ServedConnection connection;
    try {
      connection = new ServedConnection(this, loop, channel, peer);
    } catch (IOException | RuntimeException | Error e) {
      FramedSocket.closeQuietly(channel);
      loop.log().warn("lost connection, listener=" + name + " peer=" + peer + " fault=" + e);
      release(loop, peer);
      return;
    }
    connections.add(connection);
    if (isClosing()) {
      connection.close("");
    }
  }

  private String admit(InetSocketAddress peer) {
    lock.lock();
    try {
      if (closing) {
        return CLOSING;
      }
      if (count >= limits.connectionsMax()) {
        return "too many connections of this listener, max=" + limits.connectionsMax();
      }
      String refusal = loops.counts().add(peer.getAddress());
      if (refusal != null) {
        return refusal;
      }
      count++;
      return "";
    } finally {
      lock.unlock();
    }
  }

  private void release(EventLoop loop, InetSocketAddress peer) {
    loop.load().decrementAndGet();
    loops.counts().remove(peer.getAddress());
    lock.lock();
    try {
      count--;
      if (count == 0) {
        empty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosing() {
    lock.lock();
    try {
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitEmpty(long ms) {
    lock.lock();
    try {
      long left = ms == Long.MAX_VALUE ? ms : TimeUnit.MILLISECONDS.toNanos(ms);
      while (count > 0 && left > 0) {
        left = empty.awaitNanos(left);
      }
      return count == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
