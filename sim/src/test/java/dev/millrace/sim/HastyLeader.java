package dev.millrace.sim;

import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import dev.millrace.sim.cluster.Alterations;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.RequestHeader;
import java.nio.ByteBuffer;

/** A leader that takes {@code acks=all} for {@code acks=1}. */
final class HastyLeader implements Alterations {
  private static final short ALL = -1;

  @Override
  public FrameHandler desk(int node, FrameHandler desk) {
    return new FrameHandler() {
      @Override
      public void handle(Connection connection, ByteBuffer frame, Reply reply) {
        if (frame.getShort(frame.position()) == ApiKey.PRODUCE.id()) {
          weaken(frame);
        }
        desk.handle(connection, frame, reply);
      }

      @Override
      public void closed(Connection connection) {
        desk.closed(connection);
      }
    };
  }

  private static void weaken(ByteBuffer frame) {
    short version = frame.getShort(frame.position() + Short.BYTES);
    ByteBuffer ahead = frame.duplicate();
    WireReader in = new WireReader(ahead);
    RequestHeader.read(in, ApiKey.PRODUCE.requestHeaderVersion(version));
    int at = ahead.position() + 1; // behind a transactional id that is null
    if (frame.get(at - 1) == 0 && frame.getShort(at) == ALL) {
      frame.putShort(at, (short) 1);
    }
  }
}
