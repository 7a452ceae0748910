package dev.millrace.broker.fake;

import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.Messages;
import dev.millrace.wire.message.RequestHeader;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames as clients write and read them, without their size prefix. */
public final class Frames {
  public static final int CORRELATION = 4711;

  private Frames() {}

  public static ByteBuffer of(Request request, int version) {
    short v = (short) version;
    short headerVersion = request.apiKey().requestHeaderVersion(v);
    RequestHeader header =
        RequestHeader.builder()
            .requestApiKey(request.apiKey().id())
            .requestApiVersion(v)
            .correlationId(CORRELATION)
            .clientId("tester")
            .build();
    ByteBuffer out = ByteBuffer.allocate(header.size(headerVersion) + request.size(v));
    WireWriter writer = new WireWriter(out);
    header.write(writer, headerVersion);
    request.write(writer, v);
    return whole(writer);
  }

  /** The output of a writer with its external parts, which are in memory. */
  private static ByteBuffer whole(WireWriter writer) {
    ByteBuffer copied = writer.buffer().flip();
    int bytes = copied.limit();
    for (WireWriter.External external : writer.externals()) {
      bytes += external.records().size();
    }
    ByteBuffer whole = ByteBuffer.allocate(bytes);
    for (WireWriter.External external : writer.externals()) {
      whole.put(copied.slice(copied.position(), external.at() - copied.position()));
      copied.position(external.at());
      whole.put(((RecordBytes.InMemory) external.records()).view());
    }
    return whole.put(copied).flip();
  }

  /** A frame with a header of version 1 and any body. */
  public static ByteBuffer of(int apiId, int version, byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(10 + body.length);
    out.putShort((short) apiId).putShort((short) version).putInt(CORRELATION).putShort((short) -1);
    return out.put(body).flip();
  }

  /** Reads an answer to its last byte. */
  public static <R extends Response> R answer(Class<R> type, ByteBuffer frame, int version) {
    short v = (short) version;
    ApiKey key = key(type);
    WireReader in = new WireReader(frame.duplicate());
    ResponseHeader header = ResponseHeader.read(in, key.responseHeaderVersion(v));
    if (header.correlationId() != CORRELATION) {
      throw new AssertionError("wrong correlation id, id=" + header.correlationId());
    }
    Response response = Messages.readResponse(key, in, v);
    if (in.remaining() > 0) {
      throw new AssertionError("answer is followed by other bytes, bytes=" + in.remaining());
    }
    return type.cast(response);
  }

  private static ApiKey key(Class<? extends Response> type) {
    String title = type.getSimpleName().replace("Response", "");
    return Arrays.stream(ApiKey.values())
        .filter(key -> key.title().equals(title))
        .findFirst()
        .orElseThrow();
  }
}
