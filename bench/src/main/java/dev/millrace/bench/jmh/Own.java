package dev.millrace.bench.jmh;

import dev.millrace.wire.Message;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;

/** How we write a message behind its header: sizes first, record bytes stay where they lie. */
final class Own {

  private Own() {}

  static WireWriter write(Message header, short headerVersion, Message body, short version) {
    int size = header.size(headerVersion) + body.size(version);
    WireWriter out =
        new WireWriter(ByteBuffer.allocate(Integer.BYTES + size - body.externalBytes()));
    out.int32(size);
    header.write(out, headerVersion);
    body.write(out, version);
    return out;
  }
}
