package dev.millrace.net;

import dev.millrace.base.turns.Timeout;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.loop.EventLoop;
import dev.millrace.net.loop.Port;
import dev.millrace.wire.WireWriter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that we open: requests out, answers in, matched in order. Safe for any thread. Calls
 * may be made before the connection stands; they leave when it does. A connection that has failed
 * stays closed, and all later calls fail with the same reason; make a new one.
 */
public final class Peer implements Pipe {
  private static final long STALL_MS = 10_000;

  /** What becomes of a call: one of the two, once, in a turn of the peer's loop. */
  public interface Answer {
    /**
     * The answer.
     *
     * @param frame without its size prefix, header included; lent until this call returns
     */
    void frame(ByteBuffer frame);

    /** There will be no answer. The request may or may not have had its effect. */
    void failed(NetException fault);
  }

  private final EventLoop loop;
  private final InetSocketAddress address;
  private final PeerLimits limits;
  private final Link link = new Link();
  private final ArrayDeque<PendingCall> pending = new ArrayDeque<>();
  private final ArrayDeque<WireWriter> early = new ArrayDeque<>();
  private volatile boolean open = true;
  private @Nullable NetException fault;
  private @Nullable SocketChannel channel;
  private @Nullable FramedSocket socket;
  private @Nullable Timeout connecting;
  private long earlyBytes;

  /** A request that has no answer yet. */
  private static final class PendingCall {
    final int correlationId;
    final Answer answer;
    @Nullable Timeout timeout;

    PendingCall(int correlationId, Answer answer) {
      this.correlationId = correlationId;
      this.answer = answer;
    }
  }

  private Peer(EventLoop loop, InetSocketAddress address, PeerLimits limits) {
    this.loop = loop;
    this.address = address;
    this.limits = limits;
  }

  /** Begins to connect, and returns at once. What goes wrong is told to the calls. */
  public static Peer connect(Loops loops, InetSocketAddress address, PeerLimits limits) {
    EventLoop loop = loops.least();
    Peer peer = new Peer(loop, address, limits);
    loop.load().incrementAndGet();
    if (!loop.offer(peer::connect)) {
      throw new NetException(Kind.CLOSED, "loops are closed, peer=" + address);
    }
    return peer;
  }

  public InetSocketAddress address() {
    return address;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void call(int correlationId, WireWriter frame, long timeoutMs, Answer answer) {
    if (!loop.offer(() -> begin(new PendingCall(correlationId, answer), frame, timeoutMs))) {
      answer.failed(closed());
    }
  }

  /**
   * Sends a request and waits for its answer; for virtual threads and command lines, never in a
   * loop's turn.
   *
   * @return the answer without its size prefix, header included; the caller's own
   * @throws NetException when there is no answer
   */
  public ByteBuffer call(int correlationId, WireWriter frame, long timeoutMs) {
    if (loop.inTurn()) {
      throw new IllegalStateException("a loop can not wait for an answer that it has to read");
    }
    CompletableFuture<ByteBuffer> future = new CompletableFuture<>();
    call(correlationId, frame, timeoutMs, new Copied(future));
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetException(Kind.INTERRUPTED, "interrupted while waiting, peer=" + address, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NetException fault) {
        throw new NetException(fault.kind(), String.valueOf(fault.getMessage()), fault);
      }
      throw new IllegalStateException("answer failed, peer=" + address, e.getCause());
    }
  }

  @Override
  public void send(WireWriter frame) {
    loop.offer(() -> put(frame));
  }

  @Override
  public void close() {
    loop.offer(() -> end(closed()));
  }

  private void connect() {
    if (address.isUnresolved()) {
      Thread.ofVirtual().name("resolve").start(this::resolve);
    } else {
      connect(address);
    }
  }

  /** Asking for a host's address may take seconds: not in the loop. */
  private void resolve() {
    InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    loop.offer(() -> {
      if (open) {
        connect(resolved);
      }
    });
  }

  private void connect(InetSocketAddress to) {
    try {
      if (to.isUnresolved()) {
        throw new NetException(
            Kind.UNRESOLVED, "host is not known, peer=" + address.getHostString());
      }
      SocketChannel opened = SocketChannel.open();
      channel = opened;
      configure(opened);
      connecting =
          loop.after(
              limits.connectMs(),
              () ->
                  end(
                      new NetException(
                          Kind.TIMEOUT,
                          "no connection in time, peer="
                              + address
                              + " connectMs="
                              + limits.connectMs())));
      if (opened.connect(to)) {
        connected(opened);
      } else {
        loop.attach(opened, SelectionKey.OP_CONNECT, link, Long.MAX_VALUE);
      }
    } catch (NetException e) {
      end(e);
    } catch (IOException | RuntimeException e) {
      end(unreachable(e));
    }
  }

  private void configure(SocketChannel opened) throws IOException {
    opened.configureBlocking(false);
    opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
    KeepAlive.begin(opened);
    if (limits.sendBufferBytes() > 0) {
      opened.setOption(StandardSocketOptions.SO_SNDBUF, limits.sendBufferBytes());
    }
    if (limits.receiveBufferBytes() > 0) {
      opened.setOption(StandardSocketOptions.SO_RCVBUF, limits.receiveBufferBytes());
    }
  }

  private void connected(SocketChannel opened) throws IOException {
    if (connecting != null) {
      connecting.cancel();
    }
    FramedSocket framed =
        new FramedSocket(
            loop,
            opened,
            new FramedSocket.Limits(limits.frameBytesMax(), limits.idleMs(), STALL_MS),
            link);
    socket = framed;
    early.forEach(framed::send);
    early.clear();
    framed.flush();
  }

  private void begin(PendingCall call, WireWriter frame, long timeoutMs) {
    if (!open) {
      call.answer.failed(fault == null ? closed() : fault);
    } else if (unsentBytes() > limits.unsentBytesMax()) {
      call.answer.failed(
          new NetException(
              Kind.BUSY, "too much waits to be sent, peer=" + address + " bytes=" + unsentBytes()));
    } else {
      pending.add(call);
      call.timeout =
          loop.after(
              timeoutMs,
              () ->
                  end(
                      new NetException(
                          Kind.TIMEOUT,
                          "no answer in time, peer=" + address + " timeoutMs=" + timeoutMs)));
      put(frame);
    }
  }

  private void put(WireWriter frame) {
    if (socket != null) {
      socket.send(frame);
      socket.flush();
    } else if (open) {
      early.add(frame);
      earlyBytes += frame.buffer().position();
    }
  }

  private long unsentBytes() {
    return socket == null ? earlyBytes : socket.unsentBytes();
  }

  private void take(ByteBuffer frame) {
    PendingCall call = pending.peek();
    if (call == null || frame.remaining() < Integer.BYTES) {
      end(new NetException(Kind.PROTOCOL, "peer sent what nobody asked for, peer=" + address));
      return;
    }
    int correlationId = frame.getInt(frame.position());
    if (correlationId != call.correlationId) {
      end(
          new NetException(
              Kind.PROTOCOL,
              "peer answered another request, peer="
                  + address
                  + " expected="
                  + call.correlationId
                  + " got="
                  + correlationId));
      return;
    }
    pending.remove();
    cancel(call);
    call.answer.frame(frame);
  }

  /** The one way in which a connection ends. */
  private void end(NetException fault) {
    if (!open) {
      return;
    }
    open = false;
    this.fault = fault;
    loop.load().decrementAndGet();
    if (connecting != null) {
      connecting.cancel();
    }
    early.clear();
    if (socket != null) {
      socket.close("");
    } else if (channel != null) {
      FramedSocket.closeQuietly(channel);
    }
    for (PendingCall call = pending.poll(); call != null; call = pending.poll()) {
      cancel(call);
      fail(call, fault);
    }
  }

  private void fail(PendingCall call, NetException fault) {
    try {
      call.answer.failed(fault);
    } catch (RuntimeException e) {
      loop.log().warn("end of call failed, peer=" + address + " fault=" + e);
    }
  }

  private static void cancel(PendingCall call) {
    if (call.timeout != null) {
      call.timeout.cancel();
    }
  }

  private NetException closed() {
    return new NetException(Kind.CLOSED, "connection is closed, peer=" + address);
  }

  private NetException unreachable(Exception cause) {
    return new NetException(
        cause instanceof ConnectException ? Kind.REFUSED : Kind.UNREACHABLE,
        "can not connect, peer=" + address + " fault=" + cause.getMessage(),
        cause);
  }

  /** The peer as its loop sees it: first a socket that connects, then a user of frames. */
  private final class Link implements Port, FramedSocket.User {
    @Override
    public void ready() {
      SocketChannel connecting = channel;
      try {
        if (open && connecting != null && connecting.finishConnect()) {
          connected(connecting);
        }
      } catch (IOException e) {
        end(unreachable(e));
      }
    }

    @Override
    public void sweep(long nowMs) {}

    @Override
    public void fail(Throwable fault) {
      end(new NetException(Kind.CLOSED, "connection failed, peer=" + address, fault));
    }

    @Override
    public boolean wantsFrame() {
      return open;
    }

    @Override
    public void frame(ByteBuffer frame) {
      take(frame);
    }

    @Override
    public void beforeWrite() {}

    @Override
    public boolean isAwaited() {
      return !pending.isEmpty();
    }

    @Override
    public void gone(String reason) {
      end(
          reason.isEmpty()
              ? new NetException(Kind.CLOSED, "peer closed the connection, peer=" + address)
              : new NetException(Kind.PROTOCOL, "peer=" + address + " " + reason));
    }
  }

  /** An answer for somebody who waits in another thread: it needs a copy. */
  private record Copied(CompletableFuture<ByteBuffer> future) implements Answer {
    @Override
    public void frame(ByteBuffer frame) {
      future.complete(ByteBuffer.allocate(frame.remaining()).put(frame).flip());
    }

    @Override
    public void failed(NetException fault) {
      future.completeExceptionally(fault);
    }
  }
}
