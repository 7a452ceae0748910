package dev.millrace.broker.forward;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.net.NetException;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.DefaultPrincipalData;
import dev.millrace.wire.message.EnvelopeRequest;
import dev.millrace.wire.message.EnvelopeResponse;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Requests in envelopes on their way to the active controller (Envelope 58, KIP-590). The answer in
 * the envelope has eight bytes more behind it: the offset of the metadata that the controller had
 * when it answered, so that the sender knows when it has heard of the change itself. Safe for any
 * thread.
 *
 * <pre>
 *   responseData = answer (header, body) | offset int64
 * </pre>
 */
public final class Envelopes {
  private static final Bytes ANYBODY = principal();

  private final ControllerLink link;
  private final int patienceMs;

  /**
   * @param patienceMs how long one of them may take
   */
  public Envelopes(ControllerLink link, int patienceMs) {
    this.link = link;
    this.patienceMs = patienceMs;
  }

  /**
   * What came back.
   *
   * @param frame the answer with its header
   * @param offset of the metadata that the controller had
   */
  public record Answer(Bytes frame, long offset) {}

  /**
   * Sends a request.
   *
   * @param frame the request with its header
   * @param from the client that sent it
   */
  public void send(
      Bytes frame, InetAddress from, Consumer<Answer> answered, Consumer<NetException> failed) {
    EnvelopeRequest envelope =
        new EnvelopeRequest(frame, ANYBODY, Bytes.copyOf(ByteBuffer.wrap(from.getAddress())));
    link.ask(
        new ControllerLink.Ask<>(
            Question.of(envelope, EnvelopeResponse::read, patienceMs),
            patienceMs,
            EnvelopeResponse::errorCode,
            response -> open(response, answered, failed),
            failed));
  }

  /** An answer with the offset behind it. */
  public static Bytes seal(ByteBuffer answer, long offset) {
    ByteBuffer sealed = ByteBuffer.allocate(answer.remaining() + Long.BYTES);
    sealed.put(answer).putLong(offset);
    return Bytes.copyOf(sealed.flip());
  }

  private static void open(
      EnvelopeResponse response, Consumer<Answer> answered, Consumer<NetException> failed) {
    Bytes data = response.responseData();
    if (response.errorCode() != ErrorCode.NONE.code()
        || data == null
        || data.size() < Integer.BYTES + Long.BYTES) {
      failed.accept(
          new NetException(
              NetException.Kind.UNREADABLE,
              "the controller does not take the request, error=" + response.errorCode()));
      return;
    }
    ByteBuffer all = data.buffer();
    int end = all.limit() - Long.BYTES;
    long offset = all.getLong(end);
    answered.accept(new Answer(Bytes.copyOf(all.duplicate().limit(end)), offset));
  }

  private static Bytes principal() {
    DefaultPrincipalData anybody = new DefaultPrincipalData("User", "ANONYMOUS", false);
    short version = anybody.highestVersion();
    ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES + anybody.size(version));
    WireWriter out = new WireWriter(bytes);
    out.int16(version);
    anybody.write(out, version);
    return Bytes.copyOf(bytes.flip());
  }

  /** Whether bytes are a principal that an envelope may have: there is none but anybody yet. */
  public static boolean isPrincipal(Bytes bytes) {
    WireReader in = new WireReader(bytes.buffer());
    short version = in.int16();
    return version == 0 && !DefaultPrincipalData.read(in, version).name().isEmpty();
  }
}
