package dev.millrace.net;

import dev.millrace.wire.WireWriter;

/**
 * The place of one answer in the order of its connection. Safe for any thread; used exactly once.
 * An answer that is ready early waits for those before it.
 */
public interface Reply {
  /**
   * Sends the answer. The buffer of {@code frame}, from zero to its position, holds the 4-byte size
   * prefix, the header and the body; its external parts are sent from where they lie. The buffer
   * belongs to the connection from now on.
   */
  void send(WireWriter frame);

  /** Gives up the place without an answer: a Produce request with acks=0. */
  void skip();

  /**
   * Runs {@code task} on the connection's loop when the connection goes before the answer was
   * given, so that waiting entries can go away. At most one task.
   */
  void onGone(Runnable task);
}
