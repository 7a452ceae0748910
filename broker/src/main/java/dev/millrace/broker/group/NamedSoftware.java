package dev.millrace.broker.group;

import dev.millrace.net.Connection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * The connections whose client has said which software it is (KIP-511). Only they are told how soon
 * to beat again so that their group settles soon; any other client hears the interval of the
 * settings (decision 0053). Any thread.
 */
final class NamedSoftware {
  private final Set<Long> connections = ConcurrentHashMap.newKeySet();

  void met(Connection connection) {
    connections.add(connection.id());
  }

  void closed(Connection connection) {
    connections.remove(connection.id());
  }

  /** How an answer to this connection, as it is now, is to tell its interval. */
  Pace pace(Connection connection, IntSupplier settingMs) {
    return connections.contains(connection.id())
        ? answeredMs -> answeredMs
        // who is refused or leaves is told no interval
        : answeredMs -> answeredMs == 0 ? 0 : settingMs.getAsInt();
  }

  /** From the interval that the coordinator answered to the one that the client is told, in ms. */
  interface Pace {
    int toldMs(int answeredMs);
  }
}
