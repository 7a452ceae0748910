package dev.millrace.quorum.voters;

import dev.millrace.net.Endpoint;
import dev.millrace.net.Loops;
import dev.millrace.net.NetException;
import dev.millrace.net.Peer;
import dev.millrace.net.PeerLimits;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Connections to the other voters: one for each kind of request, because a connection answers in
 * order and a vote must not wait for the disk behind an append. Safe for any thread.
 */
final class VoterLinks implements Agreement.Transport, AutoCloseable {
  static final long HELLO_TIMEOUT_MS = 1000;

  private static final long TIMEOUT_MS = 3000;
  private static final PeerLimits LIMITS = new PeerLimits(1 << 20, 32 << 20, 1000, 540_000, -1, -1);

  private record Line(Endpoint to, byte kind) {}

  private final Loops loops;
  private final UnaryOperator<Member> current;
  private final Map<Line, Peer> peers = new ConcurrentHashMap<>();
  private final AtomicInteger correlationIds = new AtomicInteger();
  private volatile boolean closed;

  /**
   * Links that are made when they are first used.
   *
   * @param current where a member is now, which may differ from where it was when it came in
   */
  VoterLinks(Loops loops, UnaryOperator<Member> current) {
    this.loops = loops;
    this.current = current;
  }

  @Override
  public ByteBuffer call(Member to, byte kind, ByteBuffer request) {
    int correlationId = correlationIds.incrementAndGet();
    Peer peer = peer(new Line(current.apply(to).endpoint(), kind));
    return body(
        peer.call(correlationId, VoterFrames.request(correlationId, kind, request), TIMEOUT_MS));
  }

  /** Asks without waiting; one of the two is called in a turn of a loop. */
  void ask(
      Endpoint to,
      byte kind,
      ByteBuffer request,
      Consumer<ByteBuffer> answered,
      Consumer<NetException> failed) {
    int correlationId = correlationIds.incrementAndGet();
    Peer peer;
    try {
      peer = peer(new Line(to, kind));
    } catch (NetException fault) {
      failed.accept(fault);
      return;
    }
    peer.call(
        correlationId,
        VoterFrames.request(correlationId, kind, request),
        HELLO_TIMEOUT_MS,
        new Peer.Answer() {
          @Override
          public void frame(ByteBuffer frame) {
            ByteBuffer body;
            try {
              body = body(ByteBuffer.allocate(frame.remaining()).put(frame).flip());
            } catch (NetException refused) {
              failed.accept(refused);
              return;
            }
            answered.accept(body);
          }

          @Override
          public void failed(NetException fault) {
            failed.accept(fault);
          }
        });
  }

  private static ByteBuffer body(ByteBuffer answer) {
    try {
      WireReader in = new WireReader(answer);
      in.int32();
      if (in.int8() == VoterFrames.ANSWERED) {
        return answer.slice();
      }
      throw new NetException(
          NetException.Kind.PROTOCOL,
          "voter refused: " + WireReader.notNull(in.stringCompact(), "reason"));
    } catch (WireException wrong) {
      throw new NetException(
          NetException.Kind.PROTOCOL,
          "answer of a voter is malformed: " + wrong.getMessage(),
          wrong);
    }
  }

  private Peer peer(Line line) {
    if (closed) {
      throw new NetException(NetException.Kind.CLOSED, "the quorum is closed");
    }
    return peers.compute(
        line,
        (_, peer) -> {
          if (peer != null && peer.isOpen()) {
            return peer;
          }
          InetSocketAddress address = new InetSocketAddress(line.to.host(), line.to.port());
          return Peer.connect(loops, address, LIMITS);
        });
  }

  @Override
  public void close() {
    closed = true;
    peers.values().forEach(Peer::close);
  }
}
