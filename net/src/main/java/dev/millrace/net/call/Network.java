package dev.millrace.net.call;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;

/**
 * The port to other nodes. What has no other word is called in the owner's turns; others come
 * through {@link #turns}.
 */
public interface Network extends AutoCloseable {
  /** The owner in whose turns everything happens. Safe for any thread. */
  Turns turns();

  /** Safe for any thread. */
  Clock clock();

  /**
   * Asks a node; the connection is made when there is none. Requests to one address in one lane
   * leave in the order of these calls, and its answers come in the same order.
   */
  <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange);

  /** A connection of its own for calls that would keep others waiting. */
  enum Lane {
    GENERAL,
    /** Group calls: a join takes as long as the group's slowest member. */
    GROUP,
    /** Fetches wait for records. */
    FETCH,
    /** Requests of clients that are passed on: some of them take long. */
    ADMIN,
    /** A node's sign of life: nothing slow goes before it. */
    HEARTBEAT
  }

  /** Sends a request that has no answer (Produce with acks=0); it may be lost without a word. */
  void send(Endpoint to, Request request, int highest);

  /** Closes all connections; calls in work fail. Not in a turn. */
  @Override
  void close();
}
