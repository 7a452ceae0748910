package dev.millrace.net;

import dev.millrace.base.disk.DiskException;
import dev.millrace.net.frame.FrameException;
import dev.millrace.net.frame.FrameInput;
import dev.millrace.net.frame.FrameInput.Outcome;
import dev.millrace.net.frame.FrameOutput;
import dev.millrace.net.frame.FrameSink;
import dev.millrace.net.frame.MemoryBudget;
import dev.millrace.net.loop.EventLoop;
import dev.millrace.net.loop.Port;
import dev.millrace.wire.WireWriter;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket that speaks in frames: what both ends of a connection have in common. It reads
 * while its user wants frames, writes what its user sends, and closes itself when nothing moves.
 * Belongs to its loop; only {@link #memoryFreed} is called from elsewhere.
 */
final class FramedSocket implements Port, MemoryBudget.Holder {
  /** Times that one turn reads again because replies were given at once and made room. */
  private static final int READS_MAX = 4;

  private static final long SWEEPS_PER_IDLE = 4;

  /** Whose socket it is. */
  interface User extends FrameSink {
    /** A turn is about to write: what is ready to leave has to be sent now. */
    void beforeWrite();

    /** Whether the peer waits for us, so that its silence says nothing. */
    boolean isAwaited();

    /**
     * The socket is closed.
     *
     * @param reason for the log, empty when there is nothing to tell
     */
    void gone(String reason);
  }

  /**
   * What a socket may do.
   *
   * @param frameBytesMax largest frame that is read
   * @param idleMs a socket on which nothing moves for so long is closed
   * @param stallMs a socket that stops in the middle of a frame for so long, while others wait for
   *     memory, is closed
   */
  record Limits(int frameBytesMax, long idleMs, long stallMs) {}

  private final EventLoop loop;
  private final SocketChannel channel;
  private final Limits limits;
  private final User user;
  private final FrameInput input;
  private final FrameOutput output;
  private final SelectionKey key;
  private Outcome stopped = Outcome.WAIT;
  private @Nullable String closing;
  private boolean closed;
  private boolean working;
  private boolean resuming;
  private boolean ending;
  private long movedMs;

  /** Attaches a connected, non-blocking channel to its loop. */
  FramedSocket(EventLoop loop, SocketChannel channel, Limits limits, User user) throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.limits = limits;
    this.user = user;
    this.input = new FrameInput(loop.memory(), this, limits.frameBytesMax());
    this.output = new FrameOutput(loop.memory());
    this.movedMs = loop.nowMs();
    this.key = loop.attach(channel, SelectionKey.OP_READ, this, limits.idleMs() / SWEEPS_PER_IDLE);
  }

  boolean isOpen() {
    return closing == null && !closed;
  }

  /** Bytes that were sent and not yet written. */
  long unsentBytes() {
    return output.bytes();
  }

  /** Puts a frame behind those that were sent before; it leaves with the next flush. */
  void send(WireWriter frame) {
    if (isOpen()) {
      output.add(frame);
    }
  }

  /** Writes what there is to write, and reads on when that makes room. */
  void flush() {
    if (!closed && !working) {
      turn(false);
    }
  }

  /** Closes soon: what was sent goes out as far as the system takes it at once. */
  void close(String reason) {
    if (closing == null) {
      closing = reason;
    }
    flush();
  }

  /**
   * Ends in peace: frames that have arrived are still handed on, then the socket is closed once
   * nobody awaits an answer and everything is written.
   */
  void end() {
    if (isOpen() && !ending) {
      ending = true;
      turn(true);
    }
  }

  @Override
  public void ready() {
    if (!closed) {
      turn(key.isReadable());
    }
  }

  @Override
  public void sweep(long nowMs) {
    long stillMs = nowMs - movedMs;
    boolean isPeersTurn = !user.isAwaited() || !output.isEmpty();
    if (stillMs > limits.idleMs() && isPeersTurn) {
      close("");
    } else if (stillMs > limits.stallMs() && isStalling()) {
      close("frame has stalled while others wait for memory, stalledMs=" + stillMs);
    }
  }

  @Override
  public void fail(Throwable fault) {
    closing = fault instanceof IOException ? "" : "fault=" + fault;
    working = false;
    settle();
  }

  @Override
  public void memoryFreed() {
    if (!loop.offer(this::useFreedMemory)) {
      loop.budget().tellNext();
    }
  }

  private void useFreedMemory() {
    if (!closed) {
      turn(true);
    }
    if (closed || stopped != Outcome.SCARCE) {
      loop.budget().tellNext();
    }
  }

  private boolean isStalling() {
    return stopped == Outcome.WAIT && input.isHolding() && loop.budget().isScarce();
  }

  private void resume() {
    resuming = false;
    if (!closed) {
      turn(true);
    }
  }

  private void turn(boolean reads) {
    working = true;
    try {
      boolean again = reads;
      for (int left = READS_MAX; left > 0; left--) {
        if (again) {
          read();
        }
        user.beforeWrite();
        write();
        again = stopped == Outcome.PAUSED && user.wantsFrame();
        if (!again) {
          break;
        }
      }
    } catch (FrameException | DiskException e) {
      refuse(e.getMessage());
    } catch (IOException e) {
      refuse("");
    } catch (RuntimeException | Error e) {
      refuse("fault=" + e);
    }
    working = false;
    settle();
  }

  private void read() throws IOException {
    try {
      stopped = input.read(channel, user);
    } catch (FrameException e) {
      refuse(e.getMessage());
    }
    movedMs = loop.nowMs();
  }

  private void write() throws IOException {
    if (!output.isEmpty() && output.write(channel) > 0) {
      movedMs = loop.nowMs();
    }
  }

  private void refuse(@Nullable String reason) {
    if (closing == null) {
      closing = reason == null ? "" : reason;
    }
  }

  /** Draws the conclusions of a turn: closes, goes on later, or waits for the socket. */
  private void settle() {
    boolean has = stopped == Outcome.AGAIN || stopped == Outcome.PAUSED;
    boolean isDone = ending && !has && !user.isAwaited() && output.isEmpty();
    if (isDone || (stopped == Outcome.ENDED && !ending)) {
      refuse("");
    }
    if (closing != null) {
      finish(closing);
      return;
    }
    boolean wants = user.wantsFrame();
    if (wants && has && !resuming) {
      resuming = true;
      loop.submit(this::resume);
    }
    int reads = wants && !ending && stopped != Outcome.SCARCE ? SelectionKey.OP_READ : 0;
    int writes = output.isEmpty() ? 0 : SelectionKey.OP_WRITE;
    if (key.interestOps() != (reads | writes)) {
      key.interestOps(reads | writes);
    }
  }

  private void finish(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    input.release();
    output.clear();
    closeQuietly(channel);
    user.gone(reason);
  }

  /** Closes a channel of which nobody can learn any more what went wrong. */
  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // it is gone either way
    }
  }
}
