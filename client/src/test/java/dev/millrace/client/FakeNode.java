package dev.millrace.client;

import dev.millrace.net.Connection;
import dev.millrace.net.Endpoint;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Listener;
import dev.millrace.net.ListenerAddress;
import dev.millrace.net.ListenerLimits;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.net.Reply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.ApiVersion;
import dev.millrace.wire.message.Messages;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import dev.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import dev.millrace.wire.message.RequestHeader;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node on a real socket whose answers a test decides. A null answer closes the connection. It
 * speaks versions {@code 0..highest} of what it was given, and tells of itself as node 1, the
 * leader of one topic {@code t} with two partitions.
 */
final class FakeNode implements AutoCloseable, FrameHandler {
  final List<Request> seen = new CopyOnWriteArrayList<>();
  private final Map<ApiKey, Function<Request, @Nullable Response>> answers =
      new EnumMap<>(ApiKey.class);
  private final Map<ApiKey, Short> highest = new EnumMap<>(ApiKey.class);
  private final Loops loops = Loops.start(LoopLimits.ofMachine().withThreads(1));
  private final Listener listener;

  FakeNode() {
    listener =
        Listener.open(
            loops, new ListenerAddress("FAKE", "127.0.0.1", 0), this, ListenerLimits.DEFAULT);
    on(ApiKey.API_VERSIONS, request -> versions());
    on(ApiKey.METADATA, request -> metadata());
  }

  Endpoint endpoint() {
    return new Endpoint("127.0.0.1", listener.address().getPort());
  }

  /** Decides an answer. */
  FakeNode on(ApiKey key, Function<Request, @Nullable Response> answer) {
    answers.put(key, answer);
    return this;
  }

  /** Speaks no later version of an API than this. */
  FakeNode atMost(ApiKey key, int version) {
    highest.put(key, (short) version);
    return this;
  }

  /** Requests of one kind. */
  <T extends Request> List<T> seen(Class<T> kind) {
    return seen.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Override
  public void handle(Connection connection, ByteBuffer frame, Reply reply) {
    ApiKey key = ApiKey.of(frame.getShort(frame.position()));
    if (key == null) {
      throw new IllegalArgumentException("unknown api");
    }
    short version = frame.getShort(frame.position() + 2);
    WireReader in = new WireReader(ByteBuffer.allocate(frame.remaining()).put(frame).flip());
    RequestHeader header = RequestHeader.read(in, key.requestHeaderVersion(version));
    if (version > highest(key)) {
      send(key, (short) 0, header, refusal(), reply);
      return;
    }
    Request request = Messages.readRequest(key, in, version);
    seen.add(request);
    Response answer = answers.getOrDefault(key, ignored -> null).apply(request);
    if (answer == null) {
      connection.close("");
    } else {
      send(key, version, header, answer, reply);
    }
  }

  @Override
  public void close() {
    listener.close();
    loops.close();
  }

  private void send(
      ApiKey key, short version, RequestHeader request, Response answer, Reply reply) {
    ResponseHeader header = ResponseHeader.builder().correlationId(request.correlationId()).build();
    short headerVersion = key.responseHeaderVersion(version);
    int size = header.size(headerVersion) + answer.size(version);
    WireWriter out = new WireWriter(ByteBuffer.allocate(Integer.BYTES + size));
    out.int32(size);
    header.write(out, headerVersion);
    answer.write(out, version);
    reply.send(out);
  }

  private short highest(ApiKey key) {
    return highest.getOrDefault(key, key.highestStableVersion());
  }

  private static ApiVersionsResponse refusal() {
    return ApiVersionsResponse.builder().errorCode(ErrorCode.UNSUPPORTED_VERSION).build();
  }

  private ApiVersionsResponse versions() {
    List<ApiVersion> keys = new ArrayList<>();
    for (ApiKey key : answers.keySet()) {
      keys.add(new ApiVersion(key.id(), key.lowestVersion(), highest(key)));
    }
    return ApiVersionsResponse.builder().apiKeys(keys).build();
  }

  private MetadataResponse metadata() {
    Endpoint here = endpoint();
    List<MetadataResponsePartition> partitions = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      partitions.add(
          MetadataResponsePartition.builder()
              .partitionIndex(i)
              .leaderId(1)
              .replicaNodes(List.of(1))
              .isrNodes(List.of(1))
              .build());
    }
    return MetadataResponse.builder()
        .clusterId("cluster")
        .controllerId(1)
        .brokers(List.of(new MetadataResponseBroker(1, here.host(), here.port(), null)))
        .topics(List.of(MetadataResponseTopic.builder().name("t").partitions(partitions).build()))
        .build();
  }
}
