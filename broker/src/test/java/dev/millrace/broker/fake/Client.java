package dev.millrace.broker.fake;

import dev.millrace.broker.Broker;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import java.nio.ByteBuffer;

/** Calls a broker over a fake connection with real frames. */
public final class Client {
  private final Broker broker;
  private final FakeConnection connection;

  public Client(Broker broker, FakeConnection connection) {
    this.broker = broker;
    this.connection = connection;
  }

  public FakeConnection connection() {
    return connection;
  }

  /** The client goes away. */
  public void disconnect() {
    connection.close("");
    broker.closed(connection);
  }

  /** Sends a frame and gives the place of its answer. */
  public FakeReply send(ByteBuffer frame) {
    FakeReply reply = connection.newReply();
    broker.handle(connection, frame, reply);
    return reply;
  }

  public FakeReply send(Request request, int version) {
    return send(Frames.of(request, version));
  }

  /** Sends a request that is answered at once. */
  public <R extends Response> R call(Class<R> type, Request request, int version) {
    return answer(type, send(request, version), version);
  }

  /** Reads the answer that must be there by now. */
  public static <R extends Response> R answer(Class<R> type, FakeReply reply, int version) {
    ByteBuffer frame = reply.frame();
    if (frame == null) {
      throw new AssertionError("no answer, wanted=" + type.getSimpleName() + " version=" + version);
    }
    return Frames.answer(type, frame, version);
  }
}
