package dev.millrace.net;

import dev.millrace.base.turns.Turns;
import java.net.InetAddress;

/** A client's connection as handlers see it. Safe for any thread unless said otherwise. */
public interface Connection {
  /** Unique among the connections of this process. */
  long id();

  /** Name of the listener that accepted it: {@code PLAINTEXT}. */
  String listener();

  /** The peer's address. */
  InetAddress peer();

  /** The owner of the connection: handlers run in its turns. */
  Turns loop();

  boolean isOpen();

  /**
   * Closes the connection soon. Answers that were given before, and that no earlier one holds up,
   * leave first as far as the system takes them at once.
   *
   * @param reason for the log, or empty to close silently
   */
  void close(String reason);

  /** Reads no further request before {@code delayMs} milliseconds have passed (KIP-219). */
  void mute(long delayMs);
}
