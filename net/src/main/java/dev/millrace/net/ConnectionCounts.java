package dev.millrace.net;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many connections a process has accepted, and from where. Safe for any thread. */
final class ConnectionCounts {
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int most;
  private int mostOfAddress;
  private int total;

  ConnectionCounts(LoopLimits limits) {
    limit(limits.connectionsMax(), limits.connectionsPerAddressMax());
  }

  /** From now on so many, and so many from one address; those that are there stay. */
  synchronized void limit(int connections, int ofOneAddress) {
    most = connections;
    mostOfAddress = ofOneAddress;
  }

  /** Counts a connection. Returns why it must not be, or null. */
  synchronized @Nullable String add(InetAddress address) {
    if (total >= most) {
      return "too many connections, max=" + most;
    }
    int ofAddress = byAddress.getOrDefault(address, 0);
    if (ofAddress >= mostOfAddress) {
      return "too many connections of one address, max=" + mostOfAddress;
    }
    total++;
    byAddress.put(address, ofAddress + 1);
    return null;
  }

  synchronized void remove(InetAddress address) {
    total--;
    byAddress.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
  }

  synchronized int total() {
    return total;
  }
}
