package dev.millrace.broker;

import dev.millrace.net.Connection;
import dev.millrace.net.Reply;
import dev.millrace.wire.Message;
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

  /**
   * Sends the answer. Record bytes that are large or lie in files are not copied. An answer that
   * cannot be written is a programmer fault: it is logged and the connection is closed, since its
   * later answers could not leave without this one. Never throws, so that whoever answers many
   * calls in one turn gets to all of them.
   */
  public void answer(Response response) {
    WireWriter out;
    try {
      out = encode(response);
    } catch (RuntimeException fault) {
      Faults.report("answer cannot be written, api=" + key.title() + " version=" + version, fault);
      connection.close("");
      return;
    }
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

  /**
   * Lets the connection's next request wait until this one is answered: for requests whose effect
   * comes later than the call and must be seen by the next one. Only inside {@link Handler#handle}.
   */
  public void holdNext() {
    reply.holdNext();
  }

  /** The client's address as Kafka shows it in groups: {@code /127.0.0.1}. */
  public String clientHost() {
    return "/" + connection.peer().getHostAddress();
  }

  private WireWriter encode(Message body) {
    short headerVersion = key.responseHeaderVersion(version);
    ResponseHeader header = ResponseHeader.builder().correlationId(correlationId).build();
    int size = Math.addExact(header.size(headerVersion), body.size(version));
    int copied = size - body.externalBytes();
    WireWriter out = new WireWriter(ByteBuffer.allocate(SIZE_PREFIX_BYTES + copied));
    out.int32(size);
    header.write(out, headerVersion);
    body.write(out, version);
    return out;
  }
}
