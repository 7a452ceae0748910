package dev.millrace.net;

import dev.millrace.wire.WireWriter;

/**
 * The place of one answer in the order of its connection. Safe for any thread; used exactly once.
 * An answer that is ready early waits for those before it. Once the connection is gone, answers go
 * nowhere and nobody is told.
 */
public interface Reply {
  /**
   * Sends the answer. The buffer of {@code frame}, from zero to its position, holds the 4-byte size
   * prefix, the header and the body; its external parts are sent from where they lie and must not
   * change until then. The buffer belongs to the connection from now on.
   *
   * @throws IllegalStateException when the answer was given before, or the size prefix is not the
   *     number of bytes that follow it
   */
  void send(WireWriter frame);

  /**
   * Gives up the place without an answer: a Produce request with acks=0.
   *
   * @throws IllegalStateException when the answer was given before
   */
  void skip();

  /**
   * Runs {@code task} on the connection's loop when the connection goes before the answer was
   * given, so that waiting entries can go away. A later task takes the place of an earlier one.
   */
  void onGone(Runnable task);

  /**
   * Lets the next request of this connection wait until this answer is given, for requests whose
   * effect comes later than the call and must be seen by the next one. Only inside {@link
   * FrameHandler#handle}; who holds already may say so again later.
   */
  void holdNext();
}
