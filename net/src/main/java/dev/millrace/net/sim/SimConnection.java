package dev.millrace.net.sim;

import dev.millrace.base.turns.Turns;
import dev.millrace.net.Connection;
import dev.millrace.net.Reply;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireWriter;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A simulated connection as the node sees it that was called. Belongs to the node's loop. */
final class SimConnection implements Connection {
  private static final int IN_WORK_MAX = 64;

  private final long id;
  private final SimNetwork.Door door;
  private final SimPipe pipe;
  private final SimStream back;
  private final ArrayDeque<byte[]> arrived = new ArrayDeque<>();
  private final ArrayDeque<SimReply> inWork = new ArrayDeque<>();
  private @Nullable SimReply held;
  private boolean muted;
  private boolean open = true;
  private boolean handling;

  SimConnection(long id, SimNetwork.Door door, SimPipe pipe, SimStream back) {
    this.id = id;
    this.door = door;
    this.pipe = pipe;
    this.back = back;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String listener() {
    return door.listener();
  }

  @Override
  public InetAddress peer() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public Turns loop() {
    return door.loop();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close(String reason) {
    loop()
        .submit(() -> {
          if (open) {
            back.send(pipe::closedByPeer);
            gone();
          }
        });
  }

  @Override
  public void mute(long delayMs) {
    muted = true;
    loop()
        .after(
            delayMs,
            () -> {
              muted = false;
              handleNext();
            });
  }

  /** A request has come over the network. */
  void arrived(byte[] bytes) {
    if (open) {
      arrived.add(bytes);
      handleNext();
    }
  }

  /** The other side is gone. */
  void gone() {
    if (!open) {
      return;
    }
    open = false;
    arrived.clear();
    for (SimReply reply : inWork) {
      if (reply.goneTask != null && reply.frame == null) {
        loop().submit(reply.goneTask);
      }
    }
    inWork.clear();
    door.handler().closed(this);
  }

  private void handleNext() {
    while (open && !handling && !muted && held == null && inWork.size() < IN_WORK_MAX) {
      byte[] bytes = arrived.poll();
      if (bytes == null) {
        return;
      }
      SimReply reply = new SimReply();
      inWork.add(reply);
      handling = true;
      try {
        door.handler().handle(this, ByteBuffer.wrap(bytes), reply);
      } catch (WireException e) {
        close("request makes no sense");
      } finally {
        handling = false;
        SimFrames.spoil(bytes);
      }
    }
  }

  private void flush() {
    for (SimReply first = inWork.peek(); first != null && first.isAnswered; first = inWork.peek()) {
      inWork.remove();
      byte[] frame = first.frame;
      if (frame != null) {
        back.send(() -> pipe.take(frame));
      }
    }
    loop().submit(this::handleNext);
  }

  /** The place of one answer. */
  private final class SimReply implements Reply {
    private byte @Nullable [] frame;
    private boolean isAnswered;
    private @Nullable Runnable goneTask;

    @Override
    public void send(WireWriter answer) {
      give(SimFrames.bytes(answer));
    }

    @Override
    public void skip() {
      give(null);
    }

    @Override
    public void onGone(Runnable task) {
      goneTask = task;
      if (!open) {
        loop().submit(task);
      }
    }

    @Override
    public void holdNext() {
      if (!handling) {
        throw new IllegalStateException("a request is held inside its handling only");
      }
      if (!isAnswered) {
        held = this;
      }
    }

    @SuppressWarnings("ReferenceEquality") // the very reply that holds the next request
    private void give(byte @Nullable [] answer) {
      if (isAnswered) {
        throw new IllegalStateException("reply was given already");
      }
      isAnswered = true;
      frame = answer;
      if (held == this) {
        held = null;
      }
      if (open) {
        flush();
      }
    }
  }
}
