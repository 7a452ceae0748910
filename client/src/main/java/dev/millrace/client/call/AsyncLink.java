package dev.millrace.client.call;

import dev.millrace.client.ClientException;
import dev.millrace.client.Endpoint;
import dev.millrace.net.Loops;
import dev.millrace.net.NetException;
import dev.millrace.net.Peer;
import dev.millrace.net.PeerLimits;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ResponseHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one node. What is asked before the node has said which versions it speaks waits
 * for that. Belongs to its loop.
 */
final class AsyncLink {
  private static final int NEGOTIATION_MS = 30_000;

  private final Peer peer;
  private final Endpoint endpoint;
  private final String clientId;
  private final ArrayDeque<Waiting> early = new ArrayDeque<>();
  private @Nullable Versions versions;
  private @Nullable ClientException broken;
  private int correlationIds;

  /** Something to do once the versions are known, or to give up. */
  private record Waiting(Runnable go, Consumer<ClientException> giveUp) {}

  AsyncLink(Loops loops, Endpoint endpoint, String clientId) {
    this.endpoint = endpoint;
    this.clientId = clientId;
    this.peer =
        Peer.connect(
            loops, new InetSocketAddress(endpoint.host(), endpoint.port()), PeerLimits.DEFAULT);
    negotiate(Versions.FIRST_ASKED);
  }

  boolean isOpen() {
    return broken == null && peer.isOpen();
  }

  <R extends Response> void call(Exchange<R> exchange) {
    whenReady(() -> callNow(exchange), exchange.failed());
  }

  void send(Request request, int highest) {
    whenReady(
        () -> {
          short version = known().choose(request.apiKey(), highest);
          peer.send(Frames.request(request, version, correlationIds++, clientId));
        },
        lost -> {});
  }

  private void whenReady(Runnable go, Consumer<ClientException> giveUp) {
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
    } catch (ClientException e) {
      waiting.giveUp.accept(e);
    } catch (WireException e) {
      waiting.giveUp.accept(
          ClientException.failed("the node can not be asked that: " + e.getMessage(), e));
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
        NEGOTIATION_MS,
        body -> {
          Versions.Reply reply = Versions.read(endpoint, version, body);
          if (reply.isRefused()) {
            negotiate((short) 0);
          } else {
            ready(reply.versions());
          }
        },
        this::fail);
  }

  private void ready(Versions known) {
    versions = known;
    for (Waiting next = early.poll(); next != null; next = early.poll()) {
      attempt(next);
    }
  }

  private void fail(ClientException fault) {
    broken = fault;
    peer.close();
    for (Waiting next = early.poll(); next != null; next = early.poll()) {
      next.giveUp.accept(fault);
    }
  }

  private void ask(
      Request request,
      short version,
      int timeoutMs,
      Consumer<ByteBuffer> answered,
      Consumer<ClientException> failed) {
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
              ClientException nonsense = Frames.nonsense(endpoint, request.apiKey(), e);
              failed.accept(nonsense);
              fail(nonsense);
            } catch (ClientException e) {
              failed.accept(e);
            }
          }

          @Override
          public void failed(NetException fault) {
            failed.accept(Frames.broken(endpoint, request.apiKey(), fault));
          }
        };
    peer.call(id, Frames.request(request, version, id, clientId), timeoutMs, answer);
  }
}
