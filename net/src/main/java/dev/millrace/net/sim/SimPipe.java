package dev.millrace.net.sim;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.net.NetException.Kind;
import dev.millrace.net.Peer;
import dev.millrace.net.Pipe;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A simulated connection as the one who opened it sees it. Belongs to its owner. */
final class SimPipe implements Pipe {
  private static final long RETRANSMIT_MS = 10;

  private final SimNetwork network;
  private final int from;
  private final int to;
  private final Turns owner;
  private final Endpoint address;
  private final Timeout connecting;
  private final ArrayDeque<Call> pending = new ArrayDeque<>();
  private final ArrayDeque<byte[]> early = new ArrayDeque<>();
  private @Nullable NetException fault;
  private @Nullable SimConnection connection;
  private @Nullable SimStream outward;
  private @Nullable SimStream back;

  /** A request without an answer yet. */
  private record Call(int correlationId, Peer.Answer answer, Timeout timeout) {}

  SimPipe(SimNetwork network, int from, Turns owner, Endpoint address, long connectMs) {
    this.network = network;
    this.from = from;
    this.to = network.place(address);
    this.owner = owner;
    this.address = address;
    this.connecting = owner.after(connectMs, () -> end(fault(Kind.TIMEOUT, "no connection")));
    owner.after(network.delayMs(), this::connect);
  }

  @Override
  public boolean isOpen() {
    return fault == null;
  }

  @Override
  public void call(int correlationId, WireWriter frame, long timeoutMs, Peer.Answer answer) {
    if (fault != null) {
      answer.failed(fault);
      return;
    }
    Timeout timeout = owner.after(timeoutMs, () -> end(fault(Kind.TIMEOUT, "no answer in time")));
    pending.add(new Call(correlationId, answer, timeout));
    send(frame);
  }

  @Override
  public void send(WireWriter frame) {
    byte[] bytes = SimFrames.bytes(frame);
    if (outward == null) {
      early.add(bytes);
    } else if (fault == null) {
      put(bytes);
    }
  }

  @Override
  public void close() {
    owner.submit(() -> end(fault(Kind.CLOSED, "connection is closed")));
  }

  boolean joins(int a, int b) {
    return (from == a && to == b) || (from == b && to == a);
  }

  /** Something is broken on the way: both sides hear of it. */
  void lose() {
    if (back == null) {
      owner.submit(() -> end(fault(Kind.CLOSED, "connection was lost")));
    } else {
      back.send(() -> end(fault(Kind.CLOSED, "connection was lost")));
    }
    tellOtherSide();
  }

  /** A node's process is gone: the system of its machine closes its connections. */
  void died(int node) {
    if (node == from) {
      fault = fault(Kind.CLOSED, "process is gone");
      network.ended(this);
      tellOtherSide();
    } else if (node == to && back != null) {
      back.send(() -> end(fault(Kind.CLOSED, "peer is gone")));
    }
  }

  /** Links that were cut may work again. */
  void resume() {
    if (outward != null && back != null) {
      outward.resume();
      back.resume();
    }
  }

  /** An answer arrives. */
  void take(byte[] bytes) {
    if (fault != null) {
      return;
    }
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    Call call = pending.peek();
    if (call == null || frame.getInt(0) != call.correlationId) {
      end(fault(Kind.PROTOCOL, "peer sent what nobody asked for"));
      return;
    }
    pending.remove();
    call.timeout.cancel();
    call.answer.frame(frame);
    SimFrames.spoil(bytes);
  }

  /** The other side closed the connection. */
  void closedByPeer() {
    end(fault(Kind.CLOSED, "peer closed the connection"));
  }

  private void connect() {
    if (fault != null) {
      return;
    }
    if (network.isCut(from, to) || network.isCut(to, from)) {
      owner.after(RETRANSMIT_MS, this::connect);
      return;
    }
    SimNetwork.Door door = network.door(address);
    if (door == null) {
      end(fault(Kind.REFUSED, "nobody listens"));
      return;
    }
    connecting.cancel();
    SimStream answers = new SimStream(network, to, from, owner);
    back = answers;
    connection = new SimConnection(network.nextConnectionId(), door, this, answers);
    outward = new SimStream(network, from, to, door.loop());
    early.forEach(this::put);
    early.clear();
  }

  private void put(byte[] bytes) {
    SimConnection there = connection;
    if (there == null || outward == null) {
      return;
    }
    if (network.loses()) {
      lose();
    } else {
      outward.send(() -> there.arrived(bytes));
    }
  }

  private void end(NetException why) {
    if (fault != null) {
      return;
    }
    fault = why;
    connecting.cancel();
    early.clear();
    network.ended(this);
    tellOtherSide();
    for (Call call = pending.poll(); call != null; call = pending.poll()) {
      call.timeout.cancel();
      call.answer.failed(why);
    }
  }

  private void tellOtherSide() {
    SimConnection there = connection;
    if (there != null && outward != null) {
      outward.send(there::gone);
    }
  }

  private NetException fault(Kind kind, String what) {
    return new NetException(kind, what + ", node=" + address);
  }
}
