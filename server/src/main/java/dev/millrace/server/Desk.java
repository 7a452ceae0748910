package dev.millrace.server;

import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Hands frames to whoever answers them, who may be known later than the address. Whoever comes
 * before that is sent away and tries again. Safe for any thread.
 */
final class Desk implements FrameHandler {
  private volatile @Nullable FrameHandler behind;

  /** Frames are answered from now on. */
  void open(FrameHandler handler) {
    behind = handler;
  }

  @Override
  public void handle(Connection connection, ByteBuffer frame, Reply reply) {
    FrameHandler handler = behind;
    if (handler == null) {
      connection.close("");
    } else {
      handler.handle(connection, frame, reply);
    }
  }

  @Override
  public void closed(Connection connection) {
    FrameHandler handler = behind;
    if (handler != null) {
      handler.closed(connection);
    }
  }
}
