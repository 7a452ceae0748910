package dev.millrace.client;

import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;

/** A connection that carries one frame there and one frame back. */
interface Exchange extends AutoCloseable {
  /**
   * Sends a frame and waits for its answer.
   *
   * @param frame size prefix, header and body, from zero to the buffer's position
   * @return the answer without its size prefix; it belongs to the caller
   * @throws ClientException when the connection broke or time ran out; it is then closed
   */
  ByteBuffer send(WireWriter frame, int timeoutMs);

  boolean isOpen();

  @Override
  void close();
}
