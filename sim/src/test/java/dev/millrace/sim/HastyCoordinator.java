package dev.millrace.sim;

import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import dev.millrace.sim.cluster.Alterations;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import dev.millrace.wire.message.RequestHeader;
import dev.millrace.wire.message.ResponseHeader;
import java.nio.ByteBuffer;

/** A coordinator that answers before the record of a commit is committed. */
final class HastyCoordinator implements Alterations {
  @Override
  public FrameHandler desk(int node, FrameHandler desk) {
    return new FrameHandler() {
      @Override
      public void handle(Connection connection, ByteBuffer frame, Reply reply) {
        boolean isCommit = frame.getShort(frame.position()) == ApiKey.OFFSET_COMMIT.id();
        WireWriter answer = isCommit ? answer(frame.duplicate()) : null;
        desk.handle(connection, frame, answer == null ? reply : new Silent(reply));
        if (answer != null) {
          reply.send(answer);
        }
      }

      @Override
      public void closed(Connection connection) {
        desk.closed(connection);
      }
    };
  }

  private static WireWriter answer(ByteBuffer frame) {
    short version = frame.getShort(frame.position() + Short.BYTES);
    WireReader in = new WireReader(frame);
    RequestHeader header =
        RequestHeader.read(in, ApiKey.OFFSET_COMMIT.requestHeaderVersion(version));
    OffsetCommitRequest request = OffsetCommitRequest.read(in, version);
    OffsetCommitResponse response =
        OffsetCommitResponse.builder()
            .topics(
                request.topics().stream()
                    .map(topic ->
                        OffsetCommitResponseTopic.builder()
                            .name(topic.name())
                            .topicId(topic.topicId())
                            .partitions(
                                topic.partitions().stream()
                                    .map(one ->
                                        OffsetCommitResponsePartition.builder()
                                            .partitionIndex(one.partitionIndex())
                                            .build())
                                    .toList())
                            .build())
                    .toList())
            .build();
    ResponseHeader itsHeader =
        ResponseHeader.builder().correlationId(header.correlationId()).build();
    short headerVersion = ApiKey.OFFSET_COMMIT.responseHeaderVersion(version);
    int size = itsHeader.size(headerVersion) + response.size(version);
    WireWriter out = new WireWriter(ByteBuffer.allocate(Integer.BYTES + size));
    out.int32(size);
    itsHeader.write(out, headerVersion);
    response.write(out, version);
    return out;
  }

  /** The client has its answer already. */
  private record Silent(Reply reply) implements Reply {
    @Override
    public void send(WireWriter frame) {}

    @Override
    public void skip() {}

    @Override
    public void onGone(Runnable task) {
      reply.onGone(task);
    }

    @Override
    public void holdNext() {}
  }
}
