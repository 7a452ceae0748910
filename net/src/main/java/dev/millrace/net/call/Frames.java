package dev.millrace.net.call;

import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.wire.Request;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.RequestHeader;
import java.nio.ByteBuffer;

/** Requests as they leave, and what is said when no answer comes back. */
final class Frames {
  private Frames() {}

  /** The frame of a request, its size first. */
  static WireWriter request(Request request, short version, int correlationId, String clientId) {
    ApiKey key = request.apiKey();
    short headerVersion = key.requestHeaderVersion(version);
    RequestHeader header =
        RequestHeader.builder()
            .requestApiKey(key.id())
            .requestApiVersion(version)
            .correlationId(correlationId)
            .clientId(clientId)
            .build();
    int size = header.size(headerVersion) + request.size(version);
    int copied = size - request.externalBytes();
    WireWriter out = new WireWriter(ByteBuffer.allocate(Integer.BYTES + copied));
    out.int32(size);
    header.write(out, headerVersion);
    request.write(out, version);
    return out;
  }

  static NetException broken(Endpoint node, ApiKey key, NetException e) {
    String message =
        switch (e.kind()) {
          case UNRESOLVED -> "host is not known, is its name right? node=" + node;
          case REFUSED, UNREACHABLE ->
              "nobody listens, does the node run and is that its address? node=" + node;
          case TIMEOUT -> "no answer in time, node=" + node + " request=" + key.title();
          default ->
              "connection broke, node=" + node + " request=" + key.title() + ": " + e.getMessage();
        };
    return new NetException(e.kind(), message, e);
  }

  static NetException nonsense(Endpoint node, ApiKey key, WireException e) {
    return new NetException(
        NetException.Kind.UNREADABLE,
        "answer to "
            + key.title()
            + " is not what the protocol says, node="
            + node
            + ": "
            + e.getMessage(),
        e);
  }
}
