package dev.millrace.net.call;

import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.ApiVersion;
import dev.millrace.wire.message.BrokerHeartbeatRequest;
import dev.millrace.wire.message.BrokerHeartbeatResponse;
import dev.millrace.wire.message.Messages;
import dev.millrace.wire.message.RequestHeader;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A node of tests that hears heartbeats and answers with an error code that is the low bits of the
 * broker epoch; broker epoch -1 is never answered.
 */
public final class Speaker implements FrameHandler {
  public final List<Long> heard = new ArrayList<>();
  public short versionsAtMost = 4;

  /** A heartbeat with a number. */
  public static BrokerHeartbeatRequest beat(long number) {
    return BrokerHeartbeatRequest.builder().brokerId(1).brokerEpoch(number).build();
  }

  @Override
  public void handle(Connection connection, ByteBuffer frame, Reply reply) {
    ApiKey key = ApiKey.of(frame.getShort(frame.position()));
    short version = frame.getShort(frame.position() + 2);
    WireReader in = new WireReader(frame);
    if (key == null) {
      throw new IllegalArgumentException("unknown api");
    }
    RequestHeader header = RequestHeader.read(in, key.requestHeaderVersion(version));
    if (key == ApiKey.API_VERSIONS) {
      boolean refused = version > versionsAtMost;
      send(key, refused ? 0 : version, header, versions(refused), reply);
      return;
    }
    Request request = Messages.readRequest(key, in, version);
    if (request instanceof BrokerHeartbeatRequest beat) {
      heard.add(beat.brokerEpoch());
      if (beat.brokerEpoch() >= 0) {
        send(
            key,
            version,
            header,
            BrokerHeartbeatResponse.builder().errorCode((short) (beat.brokerEpoch() & 63)).build(),
            reply);
      }
    }
  }

  private static ApiVersionsResponse versions(boolean refused) {
    return ApiVersionsResponse.builder()
        .errorCode(refused ? ErrorCode.UNSUPPORTED_VERSION : ErrorCode.NONE)
        .apiKeys(List.of(new ApiVersion(ApiKey.BROKER_HEARTBEAT.id(), (short) 0, (short) 1)))
        .build();
  }

  private static void send(
      ApiKey key, int version, RequestHeader request, Response answer, Reply reply) {
    ResponseHeader header = ResponseHeader.builder().correlationId(request.correlationId()).build();
    short headerVersion = key.responseHeaderVersion((short) version);
    int size = header.size(headerVersion) + answer.size((short) version);
    WireWriter out = new WireWriter(ByteBuffer.allocate(Integer.BYTES + size));
    out.int32(size);
    header.write(out, headerVersion);
    answer.write(out, (short) version);
    reply.send(out);
  }
}
