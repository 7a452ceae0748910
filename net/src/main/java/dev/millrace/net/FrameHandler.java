package dev.millrace.net;

import java.nio.ByteBuffer;

/**
 * What a listener does with the frames of its connections. Called on the connection's loop only.
 */
public interface FrameHandler {
  /**
   * Handles one request. Frames of one connection come in order; the next one comes once this call
   * has returned and the connection has room for another request in work.
   *
   * @param frame the request without its size prefix, position at its first byte; lent until this
   *     call returns, whatever is kept longer must be copied
   * @param reply where the answer goes, now or later; it must be used exactly once
   * @throws RuntimeException closes the connection with one log line
   */
  void handle(Connection connection, ByteBuffer frame, Reply reply);

  /** The connection is gone; its replies go nowhere from now on. */
  default void closed(Connection connection) {}
}
