package dev.millrace.net;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A connection that a listener accepted: requests in, replies out in their order. */
final class ServedConnection implements Connection, FramedSocket.User {
  private static final AtomicLong IDS = new AtomicLong();

  /** Requests of a connection that is there for more than to ask who is there. */
  private static final int BUSY_FRAMES = 4;

  /** Idle connections that weigh as much as a busy one does beside its own one. */
  private static final int BUSY_LOAD = 3;

  private final long id = IDS.incrementAndGet();
  private final Listener listener;
  private final EventLoop loop;
  private final InetSocketAddress peer;
  private final FramedSocket socket;
  private final AtomicBoolean flushing = new AtomicBoolean();
  private final Runnable flush = this::flush;
  private volatile boolean open = true;
  private @Nullable PendingReply first;
  private @Nullable PendingReply last;
  private @Nullable PendingReply held;
  private int inWork;
  private int framesSeen;
  private boolean handling;
  private @Nullable Timeout muted;
  private long mutedUntilMs;

  /** In a turn of {@code loop}. */
  ServedConnection(Listener listener, EventLoop loop, SocketChannel channel, InetSocketAddress peer)
      throws IOException {
    this.listener = listener;
    this.loop = loop;
    this.peer = peer;
    this.socket = new FramedSocket(loop, channel, listener.limits().socket(), this);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String listener() {
    return listener.name();
  }

  @Override
  public InetAddress peer() {
    return peer.getAddress();
  }

  @Override
  public Turns loop() {
    return loop;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close(String reason) {
    if (loop.inTurn()) {
      socket.close(reason);
    } else {
      loop.offer(() -> socket.close(reason));
    }
  }

  /** Answers what is in work and what has arrived, then closes. Any thread. */
  void end() {
    loop.offer(socket::end);
  }

  @Override
  public void mute(long delayMs) {
    if (loop.inTurn()) {
      muteInTurn(delayMs);
    } else {
      loop.offer(() -> muteInTurn(delayMs));
    }
  }

  @Override
  public boolean wantsFrame() {
    if (held != null && held.isAnswered()) {
      held = null;
    }
    return socket.isOpen()
        && held == null
        && muted == null
        && inWork < listener.limits().requestsInWorkMax()
        && socket.unsentBytes() < listener.limits().replyBytesMax();
  }

  @Override
  public void frame(ByteBuffer frame) {
    PendingReply reply = append();
    if (framesSeen < BUSY_FRAMES && ++framesSeen == BUSY_FRAMES) {
      loop.load().addAndGet(BUSY_LOAD);
    }
    handling = true;
    try {
      listener.handler().handle(this, frame, reply);
    } catch (Throwable fault) {
      socket.close("handler failed, " + describe(fault));
    } finally {
      handling = false;
    }
    beforeWrite();
  }

  @Override
  public void beforeWrite() {
    PendingReply reply = first;
    while (reply != null && reply.isAnswered()) {
      var frame = reply.frame();
      if (frame != null) {
        socket.send(frame);
      }
      inWork--;
      reply = reply.next;
    }
    first = reply;
    if (reply == null) {
      last = null;
    }
  }

  @Override
  public boolean isAwaited() {
    return inWork > 0 || muted != null;
  }

  @Override
  public void gone(String reason) {
    open = false;
    if (framesSeen == BUSY_FRAMES) {
      loop.load().addAndGet(-BUSY_LOAD);
    }
    if (!reason.isEmpty()) {
      loop.log()
          .warn(
              "closed connection, listener=" + listener() + " peer=" + peer + " reason=" + reason);
    }
    if (muted != null) {
      muted.cancel();
    }
    for (PendingReply reply = first; reply != null; reply = reply.next) {
      Runnable task = reply.loseClient();
      if (task != null) {
        guarded(task);
      }
    }
    first = null;
    last = null;
    guarded(() -> listener.handler().closed(this));
    listener.forget(this);
  }

  /** A reply was given, in any thread. */
  void replyGiven() {
    boolean soon = handling && loop.inTurn();
    if (!soon && flushing.compareAndSet(false, true)) {
      loop.offer(flush);
    }
  }

  /** No request before {@code reply} is answered. One that holds them already may say so again. */
  void holdFor(PendingReply reply) {
    if (held == reply) {
      return;
    }
    if (!handling) {
      throw new IllegalStateException("requests can only be held while one is handled");
    }
    held = reply;
  }

  void runSoon(Runnable task) {
    if (!loop.offer(task)) {
      task.run();
    }
  }

  InetSocketAddress address() {
    return peer;
  }

  EventLoop eventLoop() {
    return loop;
  }

  private PendingReply append() {
    PendingReply reply = new PendingReply(this);
    if (last == null) {
      first = reply;
    } else {
      last.next = reply;
    }
    last = reply;
    inWork++;
    return reply;
  }

  private void flush() {
    flushing.set(false);
    if (open) {
      socket.flush();
    }
  }

  private void muteInTurn(long delayMs) {
    long untilMs = loop.nowMs() + Math.max(delayMs, 0);
    if (!open || delayMs <= 0) {
      return;
    }
    if (muted == null) {
      mutedUntilMs = untilMs;
      muted = loop.after(delayMs, this::unmute);
    } else {
      mutedUntilMs = Math.max(mutedUntilMs, untilMs);
    }
  }

  private void unmute() {
    long leftMs = mutedUntilMs - loop.nowMs();
    muted = leftMs > 0 ? loop.after(leftMs, this::unmute) : null;
    if (muted == null) {
      socket.flush();
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable fault) {
      loop.log().warn("end of connection failed, listener=" + listener() + " " + describe(fault));
    }
  }

  private static String describe(Throwable fault) {
    StackTraceElement[] trace = fault.getStackTrace();
    return "fault="
        + fault.getClass().getSimpleName()
        + " message="
        + fault.getMessage()
        + (trace.length == 0
            ? ""
            : " at=" + trace[0].getFileName() + ":" + trace[0].getLineNumber());
  }
}
