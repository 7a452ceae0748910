package dev.millrace.net;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many connections a process has accepted, and from where. Safe for any thread. */
final class ConnectionCounts {
  private final LoopLimits limits;
  private final Map<InetAddress, Integer> byAddress = new HashMap<>();
  private int total;

  ConnectionCounts(LoopLimits limits) {
    this.limits = limits;
  }

  /** Counts a connection. Returns why it must not be, or null. */
  synchronized @Nullable String add(InetAddress address) {
    if (total >= limits.connectionsMax()) {
      return "too many connections, max=" + limits.connectionsMax();
    }
    int ofAddress = byAddress.getOrDefault(address, 0);
    if (ofAddress >= limits.connectionsPerAddressMax()) {
      return "too many connections of one address, max=" + limits.connectionsPerAddressMax();
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
