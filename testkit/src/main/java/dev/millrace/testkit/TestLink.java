package dev.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The wire between clients and a node, which a test can cut, stall and mend. Clients connect to it
 * because it is the address that the node tells them. Safe for any thread.
 */
public final class TestLink implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int BACKLOG = 200;

  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final int nodePort;
  private volatile State state = State.WHOLE;

  private enum State {
    WHOLE,
    CUT,
    STALLED,
    CLOSED
  }

  private TestLink(ServerSocket door, int nodePort) {
    this.door = door;
    this.nodePort = nodePort;
  }

  /** A wire from a free port to a free port, at which a node is to listen. */
  static TestLink begin() {
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    try (ServerSocket free = new ServerSocket(0, 1, here)) {
      TestLink link = new TestLink(new ServerSocket(0, BACKLOG, here), free.getLocalPort());
      Thread.ofVirtual().name("test-link").start(link::accept);
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a node could not start because somebody took its port in the meantime. */
  static boolean isPortTaken(Throwable fault) {
    Throwable cause = fault;
    while (cause != null && !(cause instanceof BindException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  /** Where the node listens. */
  int nodePort() {
    return nodePort;
  }

  String address() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  /** Breaks all connections; new ones are closed at once until {@link #mend}. */
  public void cut() {
    change(State.CUT);
    breakAll();
  }

  /** Breaks all connections; new ones work. What was on its way may have arrived or not. */
  public void breakAll() {
    open.forEach(TestLink::end);
  }

  /**
   * Lets nothing through, in either direction, while connections stay: as with a node that hangs.
   */
  public void stall() {
    change(State.STALLED);
  }

  /** Lets everything through again. */
  public void mend() {
    change(State.WHOLE);
  }

  @Override
  public void close() {
    change(State.CLOSED);
    breakAll();
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void change(State to) {
    lock.lock();
    try {
      state = state == State.CLOSED ? state : to;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (state != State.CLOSED) {
      try {
        Socket client = door.accept();
        if (state == State.CUT) {
          end(client);
        } else {
          Thread.ofVirtual().name("test-link").start(() -> join(client));
        }
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void join(Socket client) {
    Socket node = new Socket();
    open.add(client);
    open.add(node);
    try {
      node.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), nodePort));
      client.setTcpNoDelay(true);
      node.setTcpNoDelay(true);
      Thread.ofVirtual().name("test-link").start(() -> pump(client, node));
      pump(node, client);
    } catch (IOException e) {
      end(client);
      end(node);
    }
  }

  private void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitMotion();
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // the other side hears of it below
    } finally {
      end(from);
      end(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private void awaitMotion() {
    lock.lock();
    try {
      while (state == State.STALLED) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
