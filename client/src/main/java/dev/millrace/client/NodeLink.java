package dev.millrace.client;

import dev.millrace.net.Endpoint;
import dev.millrace.net.Loops;
import dev.millrace.net.NetException;
import dev.millrace.net.Peer;
import dev.millrace.net.PeerLimits;
import dev.millrace.net.call.Reading;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.ApiVersion;
import dev.millrace.wire.message.RequestHeader;
import dev.millrace.wire.message.ResponseHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A connection to one node that knows which versions the node speaks. Safe for any thread; calls of
 * several threads follow each other on the wire without waiting for answers.
 */
final class NodeLink implements AutoCloseable {
  private static final String SOFTWARE_NAME = "millrace";
  private static final String SOFTWARE_VERSION = "0.1";

  private final Peer peer;
  private final Endpoint endpoint;
  private final ClientSettings settings;
  private final Map<ApiKey, ApiVersion> spoken = new EnumMap<>(ApiKey.class);
  private final AtomicInteger correlationIds = new AtomicInteger();

  private NodeLink(Peer peer, Endpoint endpoint, ClientSettings settings) {
    this.peer = peer;
    this.endpoint = endpoint;
    this.settings = settings;
  }

  /**
   * Connects and asks for the versions (KIP-35, KIP-511).
   *
   * @throws ClientException when nobody listens there, or nobody who speaks the protocol
   */
  static NodeLink open(Loops loops, Endpoint endpoint, ClientSettings settings) {
    InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
    NodeLink link =
        new NodeLink(Peer.connect(loops, address, PeerLimits.DEFAULT), endpoint, settings);
    try {
      link.negotiate();
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
    return link;
  }

  boolean isOpen() {
    return peer.isOpen();
  }

  /**
   * The version to speak: the highest that both sides know and that is at most {@code highest}.
   *
   * @throws ClientException when there is none
   */
  short version(ApiKey key, int highest) {
    ApiVersion there = spoken.get(key);
    if (there == null) {
      throw ClientException.failed(
          "the node does not support " + key.title() + ", node=" + endpoint, null);
    }
    int version = Math.min(Math.min(highest, key.highestStableVersion()), there.maxVersion());
    if (version < Math.max(key.lowestVersion(), there.minVersion())) {
      throw ClientException.failed(
          "the node speaks no version of "
              + key.title()
              + " that this client knows, node="
              + endpoint,
          null);
    }
    return (short) version;
  }

  /** Sends a request in {@code version} and waits for its answer. */
  <R extends Response> R call(Request request, short version, Reading<R> reading) {
    ByteBuffer body = ask(request, version);
    return read(request.apiKey(), body, in -> reading.read(in, version));
  }

  @Override
  public void close() {
    peer.close();
  }

  private void negotiate() {
    ApiVersionsRequest request =
        ApiVersionsRequest.builder()
            .clientSoftwareName(SOFTWARE_NAME)
            .clientSoftwareVersion(SOFTWARE_VERSION)
            .build();
    ApiVersionsResponse answer = askVersions(request, (short) 3);
    if (answer.errorCode() == ErrorCode.UNSUPPORTED_VERSION.code()) {
      answer = askVersions(ApiVersionsRequest.DEFAULT, (short) 0);
    }
    if (answer.errorCode() != ErrorCode.NONE.code()) {
      throw ClientException.answered(
          answer.errorCode(), "asking for versions, node=" + endpoint, null);
    }
    for (ApiVersion version : answer.apiKeys()) {
      ApiKey key = ApiKey.of(version.apiKey());
      if (key != null) {
        spoken.put(key, version);
      }
    }
  }

  /** A node that does not know the version answers in version 0, whatever was asked. */
  private ApiVersionsResponse askVersions(ApiVersionsRequest request, short version) {
    ByteBuffer body = ask(request, version);
    boolean refused =
        body.remaining() >= Short.BYTES
            && body.getShort(body.position()) == ErrorCode.UNSUPPORTED_VERSION.code();
    short spokenVersion = refused ? 0 : version;
    return read(ApiKey.API_VERSIONS, body, in -> ApiVersionsResponse.read(in, spokenVersion));
  }

  /** Sends a request and returns the body of its answer. */
  private ByteBuffer ask(Request request, short version) {
    ApiKey key = request.apiKey();
    int id = correlationIds.getAndIncrement();
    ByteBuffer answer;
    try {
      answer = peer.call(id, frame(request, version, id), settings.callTimeoutMs());
    } catch (NetException e) {
      throw broken(key, e);
    }
    short headerVersion = key.responseHeaderVersion(version);
    read(key, answer, in -> ResponseHeader.read(in, headerVersion));
    return answer;
  }

  private ClientException broken(ApiKey key, NetException e) {
    String message =
        switch (e.kind()) {
          case UNRESOLVED -> "host is not known, node=" + endpoint;
          case REFUSED, UNREACHABLE -> "nobody listens, node=" + endpoint;
          case TIMEOUT -> "no answer in time, node=" + endpoint + " request=" + key.title();
          default ->
              "connection broke, node="
                  + endpoint
                  + " request="
                  + key.title()
                  + ": "
                  + e.getMessage();
        };
    return ClientException.broken(message, e);
  }

  private <R> R read(ApiKey key, ByteBuffer bytes, Function<WireReader, R> reading) {
    try {
      return reading.apply(new WireReader(bytes));
    } catch (WireException e) {
      peer.close();
      throw ClientException.failed(
          "answer to "
              + key.title()
              + " is not what the protocol says, node="
              + endpoint
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private WireWriter frame(Request request, short version, int id) {
    ApiKey key = request.apiKey();
    short headerVersion = key.requestHeaderVersion(version);
    RequestHeader header =
        RequestHeader.builder()
            .requestApiKey(key.id())
            .requestApiVersion(version)
            .correlationId(id)
            .clientId(settings.clientId())
            .build();
    int size = header.size(headerVersion) + request.size(version);
    int copied = size - request.externalBytes();
    WireWriter out = new WireWriter(ByteBuffer.allocate(Integer.BYTES + copied));
    out.int32(size);
    header.write(out, headerVersion);
    request.write(out, version);
    return out;
  }
}
