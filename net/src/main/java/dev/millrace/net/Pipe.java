package dev.millrace.net;

import dev.millrace.wire.WireWriter;

/**
 * A connection to another node: requests out, answers in the order of the requests. {@link Peer} is
 * the one with a socket. Once it has failed it stays closed, and all later calls fail with the same
 * reason.
 */
public interface Pipe extends AutoCloseable {
  /** False once the connection has failed or was closed; true while it is being made. */
  boolean isOpen();

  /**
   * Sends a request whose answer goes to {@code answer}.
   *
   * @param correlationId that the request's header has and the answer's must have
   * @param frame as for {@link Reply#send}
   * @param timeoutMs without an answer in this time the whole connection is closed, because later
   *     answers could not be told apart
   */
  void call(int correlationId, WireWriter frame, long timeoutMs, Peer.Answer answer);

  /** Sends a request that has no answer: Produce with acks=0. */
  void send(WireWriter frame);

  /** Closes the connection; calls in work fail. */
  @Override
  void close();
}
