package dev.millrace.quorum.voters;

import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What voters say to each other, on the listener of the controller. Stands in front of the handler
 * of Kafka's requests and takes the frames with a key that Kafka does not have:
 *
 * <pre>
 *   request   int16 key = 30001, int16 version = 0, int32 correlation id, int8 kind, body
 *   answer    int32 correlation id, int8 status (0 answered, 1 refused), body or reason
 * </pre>
 *
 * <p>A frame that cannot be read closes its connection and does nothing else.
 */
public final class VoterFrames implements FrameHandler {
  static final short KEY = 30_001;
  static final byte HELLO = 1;
  static final byte JOIN = 2;

  /** Kinds from here on belong to the {@link Agreement}. */
  public static final byte ENGINE_KINDS = 16;

  static final byte ANSWERED = 0;
  static final byte REFUSED = 1;

  private static final short VERSION = 0;
  private static final int HEADER_BYTES = 9;

  /** Who answers. Called in the connection's loop, must not block. */
  public interface Answers {
    /**
     * A request came.
     *
     * @param request the answerer's own
     * @throws WireException when it is malformed
     */
    void answer(byte kind, ByteBuffer request, Agreement.Served served);

    /** A connection on which another member led or asked for votes is gone. */
    void gone();
  }

  private final Answers answers;
  private final FrameHandler others;
  private final Set<Long> ofMembers = ConcurrentHashMap.newKeySet();

  /**
   * A handler of voters' frames.
   *
   * @param others handles all other frames
   */
  public VoterFrames(Answers answers, FrameHandler others) {
    this.answers = answers;
    this.others = others;
  }

  static WireWriter request(int correlationId, byte kind, ByteBuffer body) {
    int size = HEADER_BYTES + body.remaining();
    WireWriter out = new WireWriter(ByteBuffer.allocate(Integer.BYTES + size));
    out.int32(size);
    out.int16(KEY);
    out.int16(VERSION);
    out.int32(correlationId);
    out.int8(kind);
    out.buffer().put(body.duplicate());
    return out;
  }

  @Override
  public void handle(Connection connection, ByteBuffer frame, Reply reply) {
    if (frame.remaining() < Short.BYTES || frame.getShort(frame.position()) != KEY) {
      others.handle(connection, frame, reply);
      return;
    }
    WireReader in = new WireReader(frame);
    in.int16();
    if (in.int16() != VERSION) {
      throw new WireException("voter speaks another version");
    }
    int correlationId = in.int32();
    byte kind = in.int8();
    if (kind >= ENGINE_KINDS) {
      ofMembers.add(connection.id());
    }
    ByteBuffer body = ByteBuffer.allocate(frame.remaining()).put(frame).flip();
    answers.answer(
        kind,
        body,
        new Agreement.Served() {
          @Override
          public void answer(ByteBuffer answer) {
            send(reply, correlationId, ANSWERED, answer);
          }

          @Override
          public void refused(String reason) {
            WireWriter text =
                new WireWriter(ByteBuffer.allocate(WireWriter.sizeOfStringCompact(reason)));
            text.stringCompact(reason);
            send(reply, correlationId, REFUSED, text.buffer().flip());
          }

          @Override
          public void malformed(String reason) {
            connection.close(reason);
            reply.skip();
          }
        });
  }

  private static void send(Reply reply, int correlationId, byte status, ByteBuffer body) {
    int size = Integer.BYTES + 1 + body.remaining();
    WireWriter out = new WireWriter(ByteBuffer.allocate(Integer.BYTES + size));
    out.int32(size);
    out.int32(correlationId);
    out.int8(status);
    out.buffer().put(body.duplicate());
    reply.send(out);
  }

  @Override
  public void closed(Connection connection) {
    if (ofMembers.remove(connection.id())) {
      answers.gone();
    }
    others.closed(connection);
  }
}
