package dev.millrace.bench.contender;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1 that nobody listens on. They lie below those that the system gives to outgoing
 * connections, so that no client takes one while a node is being prepared for it.
 */
final class Ports {
  private static final int FIRST = 20_000;
  private static final int BEHIND = 32_000;
  private static final int TRIES = 100;

  private Ports() {}

  /** Different ports that were free a moment ago. */
  static List<Integer> free(int count) {
    Set<Integer> ports = new LinkedHashSet<>();
    while (ports.size() < count) {
      ports.add(free());
    }
    return List.copyOf(ports);
  }

  /** A port that was free a moment ago. */
  static int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port, first=" + FIRST + " behind=" + BEHIND);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
