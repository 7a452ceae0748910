package dev.millrace.net;

import dev.millrace.base.time.SystemClock;
import dev.millrace.net.ListenerLimits.SocketOptions;
import dev.millrace.net.loop.QuietLog;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/** The thread of one listener that accepts its connections. */
final class Acceptor implements AutoCloseable {
  /** Pause after the system could not accept, because it has no more file descriptors. */
  private static final long PAUSE_NANOS = 50_000_000;

  /** Send buffer towards a peer on this machine: docs/decisions/0044. */
  private static final int LOCAL_SEND_BYTES = 128 << 10;

  private final Listener listener;
  private final SocketOptions options;
  private final ServerSocketChannel server;
  private final InetSocketAddress address;
  private final Thread thread;
  private final QuietLog log =
      new QuietLog(System.getLogger("dev.millrace.net"), SystemClock.INSTANCE);

  /** Listens, and accepts nothing yet. */
  Acceptor(Listener listener, ListenerAddress wanted, SocketOptions options) {
    this.listener = listener;
    this.options = options;
    this.server = bind(wanted, options);
    try {
      this.address = (InetSocketAddress) server.getLocalAddress();
    } catch (IOException e) {
      throw refused(wanted, e);
    }
    this.thread =
        Thread.ofPlatform().name("acceptor-" + wanted.name()).daemon().unstarted(this::run);
  }

  InetSocketAddress address() {
    return address;
  }

  void start() {
    thread.start();
  }

  /** Stops listening and waits for the thread. */
  @Override
  public void close() {
    FramedSocket.closeQuietly(server);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (server.isOpen()) {
      try {
        accept(server.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException | Error e) {
        log.warn("could not accept, listener=" + listener.name() + " fault=" + e);
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    }
  }

  private void accept(SocketChannel channel) throws IOException {
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
      int sendBytes = sendBufferBytes(channel, peer);
      if (sendBytes > 0) {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBytes);
      }
      listener.accepted(channel, peer);
    } catch (IOException e) {
      FramedSocket.closeQuietly(channel); // it went before we looked at it
    } catch (RuntimeException | Error e) {
      FramedSocket.closeQuietly(channel);
      throw e;
    }
  }

  /** A peer on this machine needs no room for bytes on their way. */
  private int sendBufferBytes(SocketChannel channel, InetSocketAddress peer) throws IOException {
    if (options.sendBufferBytes() > 0) {
      return options.sendBufferBytes();
    }
    boolean isHere =
        peer.getAddress().isLoopbackAddress()
            || (channel.getLocalAddress() instanceof InetSocketAddress own
                && own.getAddress().equals(peer.getAddress()));
    return isHere ? LOCAL_SEND_BYTES : options.sendBufferBytes();
  }

  private static ServerSocketChannel bind(ListenerAddress wanted, SocketOptions options) {
    InetSocketAddress address =
        wanted.host().isEmpty()
            ? new InetSocketAddress(wanted.port())
            : new InetSocketAddress(wanted.host(), wanted.port());
    if (address.isUnresolved()) {
      throw new NetException(
          NetException.Kind.UNRESOLVED,
          "host of listener is not known, "
              + describe(wanted)
              + "; use an address of this machine");
    }
    ServerSocketChannel server = null;
    try {
      server = ServerSocketChannel.open();
      if (options.receiveBufferBytes() > 0) {
        server.setOption(StandardSocketOptions.SO_RCVBUF, options.receiveBufferBytes());
      }
      return server.bind(address, options.backlog());
    } catch (IOException e) {
      if (server != null) {
        FramedSocket.closeQuietly(server);
      }
      throw refused(wanted, e);
    }
  }

  private static NetException refused(ListenerAddress wanted, IOException cause) {
    String message = String.valueOf(cause.getMessage());
    String what;
    if (cause instanceof BindException && message.contains("in use")) {
      what =
          "address is in use, "
              + describe(wanted)
              + "; stop the process that has it, or choose another port (0 picks a free one)";
    } else if (cause instanceof BindException && message.contains("assign")) {
      what = "address is not one of this machine, " + describe(wanted) + "; choose another host";
    } else if (cause instanceof SocketException && message.contains("denied")) {
      what = "address is not permitted, " + describe(wanted) + "; choose a port above 1023";
    } else {
      what = "can not listen, " + describe(wanted) + " fault=" + message;
    }
    return new NetException(NetException.Kind.ADDRESS, what, cause);
  }

  private static String describe(ListenerAddress wanted) {
    return "listener="
        + wanted.name()
        + " address="
        + (wanted.host().isEmpty() ? "*" : wanted.host())
        + ":"
        + wanted.port();
  }
}
