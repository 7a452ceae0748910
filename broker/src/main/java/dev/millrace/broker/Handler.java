package dev.millrace.broker;

import dev.millrace.net.Connection;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ApiKey;

/**
 * Answers one API: the list of handlers is the list of supported APIs. A handler runs to completion
 * on the loop that read the request; what it waits for is an entry on a partition or a group that
 * answers the call later.
 *
 * @param <Q> the request it takes
 */
public interface Handler<Q extends Request> {
  ApiKey key();

  /** Lowest version that is answered. */
  default short lowestVersion() {
    return key().lowestVersion();
  }

  /** Highest version that is answered. */
  default short highestVersion() {
    return key().highestStableVersion();
  }

  /**
   * Most array elements in one request, all arrays together; a request with more is refused before
   * it is read. An answer can be a hundred times as large as the request's bytes, so this bounds
   * the memory that one request can take.
   */
  default int elementsMax() {
    return 200_000;
  }

  /**
   * Answers {@code request} through {@code call}, now or later, exactly once. Record bytes in the
   * request are valid only until this method returns.
   */
  void handle(Call call, Q request);

  /** The client of a connection says which software it is. In a turn of its loop. */
  default void met(Connection connection, String software) {}

  /** Whether {@link #arriving} is to be called. */
  default boolean isAttentive() {
    return false;
  }

  /** A request of any kind arrives on a connection. In a turn of its loop, before it is handled. */
  default void arriving(Connection connection) {}

  /**
   * Whether this request changes the cluster, or asks for what only its active controller knows: on
   * a node that is not the controller the whole request goes there. When that fails the handler is
   * asked after all, and answers with the error of a controller that is not here.
   */
  default boolean isForController(Q request) {
    return false;
  }

  /** A connection is gone: what belongs to it alone goes too. In a turn of its loop. */
  default void closed(Connection connection) {}
}
