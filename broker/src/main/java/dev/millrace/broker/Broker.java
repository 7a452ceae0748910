package dev.millrace.broker;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.time.Clock;
import dev.millrace.broker.cluster.ApiVersionsHandler;
import dev.millrace.broker.forward.Forwarding;
import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.Messages;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of a listener's connections to the handlers of their APIs.
 *
 * <pre>
 *   frame = apiKey int16 | apiVersion int16 | correlationId int32 | clientId nullable string
 *           | tagged fields (flexible versions only) | body
 * </pre>
 *
 * The client id keeps its two-byte length even where the rest of the header is flexible. A frame
 * whose API or version is not answered, whose body does not parse, or that is longer than its body
 * closes its connection with one log line and no answer, as Kafka does; the one exception is
 * ApiVersions, which is answered with an error that any client can read (KIP-511). A handler that
 * throws is a programmer fault: it is logged with its stack and closes the connection, since nobody
 * can tell whether the request took effect, and the client finds that out by trying again (decision
 * 0070).
 *
 * <p>Called on the loops of the connections; holds no state of its own.
 */
public final class Broker implements FrameHandler {
  private final Handlers handlers;
  private final Clock clock;
  private final @Nullable Forwarding forwarding;

  /** The front desk of a node that decides everything itself. */
  public Broker(Handlers handlers, Clock clock) {
    this(handlers, clock, null);
  }

  /**
   * @param forwarding passes on what the active controller has to answer; null when nothing is
   */
  public Broker(Handlers handlers, Clock clock, @Nullable Forwarding forwarding) {
    this.handlers = handlers;
    this.clock = clock;
    this.forwarding = forwarding;
  }

  @Override
  public void handle(Connection connection, ByteBuffer frame, Reply reply) {
    for (Handler<?> handler : handlers.attentive()) {
      handler.arriving(connection);
    }
    int start = frame.position();
    WireReader in = new WireReader(frame);
    Work work;
    try {
      work = read(in, connection, reply);
    } catch (WireException unreadable) {
      connection.close("request cannot be read, " + unreadable.getMessage());
      return;
    }
    if (work == null) {
      return;
    }
    if (forwarding != null && isForController(work.handler(), work.request())) {
      forward(forwarding, work, frame.duplicate().position(start));
    } else {
      run(work);
    }
  }

  private static void forward(Forwarding forwarding, Work work, ByteBuffer frame) {
    if (forwarding.isElsewhere()) {
      forwarding.forward(work.call(), Bytes.copyOf(frame), () -> run(work));
    } else {
      run(work);
    }
  }

  @Override
  public void closed(Connection connection) {
    handlers.all().forEach(handler -> handler.closed(connection));
  }

  /** A request that was understood, and who answers it. */
  private record Work(Handler<?> handler, Call call, Request request) {}

  private @Nullable Work read(WireReader in, Connection connection, Reply reply) {
    short apiId = in.int16();
    short version = in.int16();
    int correlationId = in.int32();
    Handler<?> handler = handlers.of(apiId);
    if (handler == null) {
      connection.close("api is not answered, " + describe(apiId, version));
      return null;
    }
    ApiKey key = handler.key();
    if (version < handler.lowestVersion() || version > handler.highestVersion()) {
      refuseVersion(handler, version, correlationId, connection, reply);
      return null;
    }
    String clientId = in.string();
    if (key.requestHeaderVersion(version) >= 2) {
      in.skipTagged();
    }
    Call call =
        new Call(
            key,
            version,
            correlationId,
            clientId == null ? "" : clientId,
            connection,
            reply,
            clock.monotonicMs());
    in.limitElements(handler.elementsMax());
    return new Work(handler, call, body(key, version, in));
  }

  private static Request body(ApiKey key, short version, WireReader in) {
    // bytes behind the body are ignored, as Apache does: librdkafka sends some after Metadata 13
    try {
      return Messages.readRequest(key, in, version);
    } catch (WireException unreadable) {
      throw new WireException(
          unreadable.getMessage() + " " + describe(key.id(), version), unreadable);
    }
  }

  /**
   * Closes the connection; but a client that asks with a newer ApiVersions than ours learns our
   * versions of it, in a body of version 0.
   */
  private void refuseVersion(
      Handler<?> handler, short version, int correlationId, Connection connection, Reply reply) {
    ApiKey key = handler.key();
    if (key != ApiKey.API_VERSIONS || version < 0) {
      connection.close("version is not answered, " + describe(key.id(), version));
      return;
    }
    short oldest = key.lowestVersion();
    Call call = new Call(key, oldest, correlationId, "", connection, reply, clock.monotonicMs());
    call.answer(
        ApiVersionsResponse.builder()
            .errorCode(ErrorCode.UNSUPPORTED_VERSION)
            .apiKeys(List.of(ApiVersionsHandler.range(handler)))
            .build());
  }

  private static void run(Work work) {
    try {
      handle(work.handler(), work.call(), work.request());
    } catch (RuntimeException | Error fault) {
      Call call = work.call();
      Faults.report("handler failed, " + describe(call.key().id(), call.version()), fault);
      call.connection().close("");
    }
  }

  @SuppressWarnings("unchecked") // the reader of a key makes the request type of its handler
  private static <Q extends Request> void handle(Handler<Q> handler, Call call, Request request) {
    handler.handle(call, (Q) request);
  }

  @SuppressWarnings("unchecked") // as above
  private static <Q extends Request> boolean isForController(Handler<Q> handler, Request request) {
    return handler.isForController((Q) request);
  }

  private static String describe(short apiId, short version) {
    ApiKey key = ApiKey.of(apiId);
    return "api=" + (key == null ? Short.toString(apiId) : key.title()) + " version=" + version;
  }
}
