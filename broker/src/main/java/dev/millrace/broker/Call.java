package dev.millrace.broker;

import dev.millrace.net.Connection;
import dev.millrace.net.Reply;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;

/**
 * One request in work: who asked, in which version, and where the answer goes. Answered exactly
 * once, from any thread.
 *
 * @param clientId the client's name for itself, never null
 * @param arrivedMs monotonic milliseconds when the frame was read
 */
public record Call(
    ApiKey key,
    short version,
    int correlationId,
    String clientId,
    Connection connection,
    Reply reply,
    long arrivedMs) {

  private static final int SIZE_PREFIX_BYTES = 4;

  /** Sends the answer. */
  public void answer(Response response) {
    short headerVersion = key.responseHeaderVersion(version);
    ResponseHeader header = ResponseHeader.builder().correlationId(correlationId).build();
    int size = header.size(headerVersion) + response.size(version);
    WireWriter out = new WireWriter(ByteBuffer.allocate(SIZE_PREFIX_BYTES + size));
    out.int32(size);
    header.write(out, headerVersion);
    response.write(out, version);
    reply.send(out);
  }

  /** Gives no answer at all: a Produce request with acks=0. */
  public void answerNothing() {
    reply.skip();
  }

  /** Runs {@code task} on the connection's loop when the client goes before it got its answer. */
  public void onGone(Runnable task) {
    reply.onGone(task);
  }

  /** The client's address as Kafka shows it in groups: {@code /127.0.0.1}. */
  public String clientHost() {
    return "/" + connection.peer().getHostAddress();
  }
}
