package dev.millrace.net.call;

import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.net.Peer;
import dev.millrace.net.Pipe;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one node. What is asked before the node has said which versions it speaks waits
 * for that. Belongs to its loop.
 */
final class AsyncLink {
  private final Pipe pipe;
  private final Endpoint endpoint;
  private final String clientId;
  private final long negotiationMs;
  private final ArrayDeque<Waiting> early = new ArrayDeque<>();
  private @Nullable Versions versions;
  private @Nullable NetException broken;
  private int correlationIds;

  /** Something to do once the versions are known, or to give up. */
  private record Waiting(Runnable go, Consumer<NetException> giveUp) {}

  AsyncLink(Pipe pipe, Endpoint endpoint, String clientId, long negotiationMs) {
    this.pipe = pipe;
    this.endpoint = endpoint;
    this.clientId = clientId;
    this.negotiationMs = negotiationMs;
    negotiate(Versions.FIRST_ASKED);
  }

  boolean isOpen() {
    return broken == null && pipe.isOpen();
  }

  void close() {
    pipe.close();
  }

  <R extends Response> void call(Exchange<R> exchange) {
    whenReady(() -> callNow(exchange), exchange.failed());
  }

  void send(Request request, int highest) {
    whenReady(
        () -> {
          short version = known().choose(request.apiKey(), highest);
          pipe.send(Frames.request(request, version, correlationIds++, clientId));
        },
        lost -> {});
  }

  private void whenReady(Runnable go, Consumer<NetException> giveUp) {
    if (broken != null) {
      giveUp.accept(broken);
    } else if (versions == null) {
      early.add(new Waiting(go, giveUp));
    } else {
      attempt(new Waiting(go, giveUp));
    }
  }

  private static void attempt(Waiting waiting) {
    try {
      waiting.go.run();
    } catch (NetException e) {
      waiting.giveUp.accept(e);
    } catch (WireException e) {
      waiting.giveUp.accept(
          new NetException(
              NetException.Kind.VERSION, "the node can not be asked that: " + e.getMessage(), e));
    }
  }

  private Versions known() {
    if (versions == null) {
      throw new IllegalStateException("versions are not known yet, node=" + endpoint);
    }
    return versions;
  }

  private <R extends Response> void callNow(Exchange<R> exchange) {
    ApiKey key = exchange.key();
    short version = known().choose(key, exchange.highest());
    ask(
        exchange.request().apply(version),
        version,
        exchange.timeoutMs(),
        body -> exchange.answered().accept(exchange.reading().read(new WireReader(body), version)),
        exchange.failed());
  }

  private void negotiate(short version) {
    ask(
        Versions.question(version),
        version,
        negotiationMs,
        body -> told(version, body),
        this::fail);
  }

  private void told(short asked, ByteBuffer body) {
    Versions.Reply reply;
    try {
      reply = Versions.read(endpoint, asked, body);
    } catch (NetException e) {
      fail(e);
      return;
    }
    if (reply.isRefused()) {
      negotiate((short) 0);
    } else {
      ready(reply.versions());
    }
  }

  private void ready(Versions known) {
    versions = known;
    for (Waiting next = early.poll(); next != null; next = early.poll()) {
      attempt(next);
    }
  }

  private void fail(NetException fault) {
    broken = fault;
    pipe.close();
    for (Waiting next = early.poll(); next != null; next = early.poll()) {
      next.giveUp.accept(fault);
    }
  }

  private void ask(
      Request request,
      short version,
      long timeoutMs,
      Consumer<ByteBuffer> answered,
      Consumer<NetException> failed) {
    int id = correlationIds++;
    short headerVersion = request.apiKey().responseHeaderVersion(version);
    Peer.Answer answer =
        new Peer.Answer() {
          @Override
          public void frame(ByteBuffer frame) {
            try {
              ResponseHeader.read(new WireReader(frame), headerVersion);
              answered.accept(frame);
            } catch (WireException e) {
              NetException nonsense = Frames.nonsense(endpoint, request.apiKey(), e);
              failed.accept(nonsense);
              fail(nonsense);
            }
          }

          @Override
          public void failed(NetException fault) {
            failed.accept(Frames.broken(endpoint, request.apiKey(), fault));
          }
        };
    pipe.call(id, Frames.request(request, version, id, clientId), timeoutMs, answer);
  }
}
