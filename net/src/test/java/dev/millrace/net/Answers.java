package dev.millrace.net;

import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;

/** Reply frames and handlers of tests. */
final class Answers {
  private Answers() {}

  /** Answers with the request's own bytes. */
  static final FrameHandler ECHO = (connection, frame, reply) -> reply.send(of(frame));

  /** A reply with a copy of the remaining bytes of {@code body}. */
  static WireWriter of(ByteBuffer body) {
    ByteBuffer out = ByteBuffer.allocate(4 + body.remaining());
    out.putInt(body.remaining()).put(body);
    return new WireWriter(out);
  }

  static WireWriter of(byte[] body) {
    return of(ByteBuffer.wrap(body));
  }

  /** A reply with one 32-bit number. */
  static WireWriter of(int number) {
    return of(ByteBuffer.allocate(4).putInt(0, number));
  }

  /** A reply with {@code head}, then {@code records}, then {@code tail}, as a fetch answer has. */
  static WireWriter of(byte[] head, RecordBytes records, byte[] tail) {
    WireWriter out = new WireWriter(ByteBuffer.allocate(64 + head.length + tail.length + 5000));
    out.int32(head.length + 4 + records.size() + tail.length);
    out.buffer().put(head);
    out.records(records);
    out.buffer().put(tail);
    return out;
  }

  /** A copy of the remaining bytes. */
  static byte[] bytes(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.duplicate().get(bytes);
    return bytes;
  }
}
